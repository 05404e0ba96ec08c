import { nearest } from "../../core/nearest.ts";
import { maxTaskLength } from "../../core/task.ts";

/** What the text of an order comes to, given the projects there are. */
export type OrderReading =
  | { readonly type: "ready"; readonly project: string; readonly text: string }
  /** Several projects and none named: the person chooses by button. */
  | { readonly type: "which-project"; readonly text: string }
  /** A sentence that says what is missing. */
  | { readonly type: "unusable"; readonly sentence: string };

export function readOrder(text: string, projects: readonly string[]): OrderReading {
  const { project, unknown, task } = readProject(text.trim(), projects);
  const [first] = projects;
  if (first === undefined) return unusable("No project is set up yet. Add one under “projects” in chargehand.yaml.");
  if (unknown !== undefined) return unusable(unknownProject(unknown, projects));
  if (task === "") return unusable(usage(project ?? first));
  if (task.length > maxTaskLength) {
    return unusable(
      `A task may have ${maxTaskLength.toLocaleString("en")} characters; this one has ` +
        `${task.length.toLocaleString("en")}. Put the long part into a file of the project and name it.`,
    );
  }
  const only = projects.length === 1 ? first : undefined;
  const chosen = project ?? only;
  return chosen === undefined ? { type: "which-project", text: task } : { type: "ready", project: chosen, text: task };
}

interface NamedProject {
  readonly project?: string;
  readonly unknown?: string;
  readonly task: string;
}

/** `shop: fix it`; `@shop fix it` and `#shop fix it` mean the same. `fix: it` names no project, and `#12` is an issue. */
function readProject(text: string, projects: readonly string[]): NamedProject {
  const [whole, sign = "", name = "", colon = ""] =
    /^([@#]?)([A-Za-z0-9][A-Za-z0-9._-]{0,63})(:?)(?=\s|$)\s*/.exec(text) ?? [];
  if (whole === undefined || (sign === "" && colon === "")) return { task: text };
  const project = projects.find((known) => known.toLowerCase() === name.toLowerCase());
  if (project !== undefined) return { project, task: text.slice(whole.length) };
  return sign === "@" ? { unknown: name, task: text } : { task: text };
}

function unknownProject(name: string, projects: readonly string[]): string {
  const meant = nearest(name, projects);
  const question = meant === undefined ? "" : ` Did you mean “${meant}”?`;
  return `There is no project “${name}”.${question} The projects are: ${projects.join(", ")}.`;
}

function usage(project: string): string {
  return `Say what is to be done, for example: /new ${project}: fix the typo in the README`;
}

function unusable(sentence: string): OrderReading {
  return { type: "unusable", sentence };
}
