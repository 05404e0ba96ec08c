import type { JiraSettings } from "./settings.ts";

/** Everything in the project. */
export function projectJql({ project }: JiraSettings): string {
  return `project = ${quoted(project)}`;
}

/** Candidates: in one of these states, and as the operator's own filter says, whatever "or" is in it. */
export function candidatesJql(settings: JiraSettings, states: readonly string[]): string {
  const filter = settings.queryFilter === "" ? "" : ` AND (${settings.queryFilter})`;
  return `${projectJql(settings)} AND status IN (${states.map(quoted).join(", ")})${filter} ORDER BY created ASC, key ASC`;
}

export function lastTouchedJql(settings: JiraSettings): string {
  return `${projectJql(settings)} ORDER BY updated DESC`;
}

/** Source: "Advanced searching", on reserved characters: in quotes only the quote and the backslash are escaped. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
