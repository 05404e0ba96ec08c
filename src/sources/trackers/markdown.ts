import { visibleText } from "../../platform/visible-text.ts";

/**
 * Somebody else's words inside a comment of ours: as code, where no tracker reads markup, mentions, references or
 * commands. No backquote inside can end it.
 */
export function inlineCode(text: string, limit = 200): string {
  const line = visibleText(text).replace(/\s+/g, " ").trim().replaceAll("|", "¦");
  const shown = line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
  if (shown === "") return "—";
  const fence = "`".repeat(longestRun(shown) + 1);
  return shown.includes("`") ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

/** One row of a table. */
export function tableRow(...cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
