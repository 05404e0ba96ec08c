import type { CommandGroup } from "./command-line.ts";
import type { ListOptions } from "./list.ts";
import type { LogsOptions } from "./logs.ts";
import type { LookOptions } from "./look.ts";
import { example, moment, wholeNumber } from "./options.ts";

/** To look, without changing anything; none of it needs a daemon. */
export const lookCommands: CommandGroup = (program, context, act) => {
  program.commandsGroup("Look:");
  program
    .command("status")
    .description("how things stand, or one job in full")
    .argument("[job]", "its id, or the beginning of it")
    .option("--json", "print one JSON document")
    .addHelpText("after", example("status", "status 7kq2m9xd"))
    .action(
      act(async (job: string | undefined, options: LookOptions) => {
        const { status } = await import("./look.ts");
        return status(context, job, options);
      }),
    );
  program
    .command("list")
    .description("jobs, the newest first")
    .option("--status <status>", "only jobs with this status")
    .option("-p, --project <name>", "only jobs of this project")
    .option("--origin <origin>", "only jobs from there: telegram, terminal, tracker, schedule …")
    .option(
      "--since <time>",
      "only jobs that were ordered since then: 24h, 2026-11-28 or 2026-11-28T09:00",
      moment("past"),
    )
    .option("--limit <count>", "how many at most", wholeNumber(1, 1_000), 20)
    .option("--json", "print one JSON document")
    .addHelpText("after", example("list --status awaiting_approval", "list --project shop --since 24h"))
    .action(
      act(async (options: ListOptions) => {
        const { list } = await import("./list.ts");
        return list(context, options);
      }),
    );
  program
    .command("logs")
    .description("what happened to a job, or to all of them")
    .argument("[job]", "its id, or the beginning of it")
    .option("-f, --follow", "go on as things happen; with --json one entry a line")
    .option("--after <number>", "only what came after this entry of the job", wholeNumber(0, 1_000_000_000))
    .option("--json", "print the entries as one JSON document")
    .addHelpText("after", example("logs 7kq2m9xd --follow"))
    .action(
      act(async (job: string | undefined, options: LogsOptions) => {
        const { logs } = await import("./logs.ts");
        return logs(context, job, options);
      }),
    );
  program
    .command("diff")
    .description("the change a job made, as a patch")
    .argument("<job>", "its id, or the beginning of it")
    .option("--json", "print one JSON document")
    .addHelpText("after", example("diff 7kq2m9xd", "diff 7kq2m9xd | git apply"))
    .action(
      act(async (job: string, options: LookOptions) => {
        const { diff } = await import("./look.ts");
        return diff(context, job, options);
      }),
    );
  program
    .command("projects")
    .description("the repositories that may be worked on, and their checks")
    .option("--json", "print one JSON document")
    .addHelpText("after", example("projects"))
    .action(
      act(async (options: LookOptions) => {
        const { projects } = await import("./projects.ts");
        return projects(context, options);
      }),
    );
  program
    .command("schedules")
    .description("what is ordered by itself, and the orders that are due later")
    .option("--json", "print one JSON document")
    .addHelpText("after", example("schedules"))
    .action(
      act(async (options: LookOptions) => {
        const { schedules } = await import("./schedules.ts");
        return schedules(context, options);
      }),
    );
};
