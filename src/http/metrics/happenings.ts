import { Counter, type Registry } from "prom-client";
import type { JobEvent, LedgerEntry } from "../../core/event.ts";
import { Verdict } from "../../core/verdict.ts";

const outcomes = ["merged", "discarded", "rejected", "blocked", "failed", "cancelled"] as const;
const spenders = ["orchestrator", "engine"] as const;
const tokenKinds = ["input", "cached_input", "output"] as const;

/** Counts what happens from now on. A counter begins at 0 with each start of the server, as Prometheus expects it. */
export function countHappenings(registry: Registry): (entry: LedgerEntry) => void {
  const registers = [registry];
  const verdicts = new Counter({
    name: "chargehand_verdicts_total",
    help: "Judgements of the harness.",
    labelNames: ["verdict"],
    registers,
  });
  const ended = new Counter({
    name: "chargehand_jobs_ended_total",
    help: "Jobs that ended, by how.",
    labelNames: ["outcome"],
    registers,
  });
  const tokens = new Counter({
    name: "chargehand_tokens_total",
    help: "Tokens that models read and wrote, as far as it was told.",
    labelNames: ["spender", "kind"],
    registers,
  });
  const usd = new Counter({
    name: "chargehand_spent_usd_total",
    help: "US dollars, where an engine says what it cost.",
    labelNames: ["spender"],
    registers,
  });
  // A series that is missing until its first time has no first time to be seen.
  for (const verdict of Verdict.options) verdicts.inc({ verdict }, 0);
  for (const outcome of outcomes) ended.inc({ outcome }, 0);
  for (const spender of spenders) {
    usd.inc({ spender }, 0);
    for (const kind of tokenKinds) tokens.inc({ spender, kind }, 0);
  }

  return ({ event }) => {
    const outcome = outcomes.find((it) => it === event.type);
    if (outcome !== undefined) ended.inc({ outcome });
    if (event.type === "judged") verdicts.inc({ verdict: event.verdict });
    if (event.type !== "spent") return;
    const spender = spenderOf(event);
    const { inputTokens, cachedInputTokens, outputTokens } = event.usage;
    tokens.inc({ spender, kind: "input" }, inputTokens);
    tokens.inc({ spender, kind: "cached_input" }, cachedInputTokens);
    tokens.inc({ spender, kind: "output" }, outputTokens);
    usd.inc({ spender }, event.usage.usd ?? 0);
  };
}

/** The role is any word in a ledger, and a label must not be. */
function spenderOf({ role }: Extract<JobEvent, { type: "spent" }>): (typeof spenders)[number] {
  return role === "orchestrator" ? "orchestrator" : "engine";
}
