import type { LedgerEntry } from "../event.ts";

/** `logs.txt`: the ledger for people, one line for each entry, none left out. */
export function logText(entries: readonly LedgerEntry[]): string {
  return entries
    .map(({ at, sequence, event: { type, ...facts } }) => `${at} ${sequence} ${type}${told(facts)}\n`)
    .join("");
}

function told(facts: object): string {
  return Object.entries(facts)
    .map(
      ([name, value]) => ` ${name}=${typeof value === "string" && /^\S+$/.test(value) ? value : JSON.stringify(value)}`,
    )
    .join("");
}
