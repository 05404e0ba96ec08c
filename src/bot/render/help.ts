import type { Config } from "../../core/config.ts";
import { checksOf } from "../../core/config.ts";
import { bold, code, join, lines, paragraphs, type RichText } from "../text/rich-text.ts";
import { example } from "./job-list.ts";

export function renderWelcome(name: string, projects: readonly string[]): RichText {
  return paragraphs(
    `Hello ${name}. Send me a task, and I have it done, checked and ready to merge.`,
    lines("For example:", code(example(projects))),
    "/help says more.",
  );
}

export function renderHelp(projects: readonly string[]): RichText {
  return paragraphs(
    bold("How this works"),
    "Send a task as a message; it becomes a job. A card shows how the job stands. When the project's own checks have " +
      "passed, you get the result with the evidence, and nothing is merged before you tap Merge.",
    projects.length > 1
      ? lines("Begin with the project, or choose it afterwards:", code(example(projects)))
      : lines("For example:", code(example(projects))),
    lines(
      "/jobs — the latest jobs",
      "/status, /diff, /cancel — one job; add the beginning of its id where several are open",
      "/projects — where jobs can be done",
    ),
    "A command that needs your consent comes as a question with buttons. Reply to the question to deny it and say what to do instead.",
  );
}

export function renderProjects({ projects }: Config): RichText {
  const entries = Object.entries(projects);
  if (entries.length === 0) return join("No project is set up yet. Add one under “projects” in chargehand.yaml.");
  return paragraphs(
    bold("Projects"),
    lines(
      ...entries.map(([name, project]) => {
        const labels = checksOf(project).map(({ label }) => label);
        return join(
          code(name),
          labels.length === 0 ? " — no checks yet, so nothing can pass" : ` — checks: ${labels.join(", ")}`,
        );
      }),
    ),
  );
}
