import { Option } from "commander";
import type { CommandGroup } from "./command-line.ts";
import type { DecideOptions } from "./decide.ts";
import type { WaitOptions } from "./look.ts";
import { durationMs, durationOption, eachOne, example, moment, timeoutMs } from "./options.ts";
import type { RunOptions } from "./run-order.ts";
import type { SubmitOptions } from "./submit.ts";

const whichProject = "which project (default: the one this folder belongs to, or the only one)";

/** To give an order, to wait for it, to take it back. */
export const orderCommands: CommandGroup = (program, context, act) => {
  program.commandsGroup("Order:");
  program
    .command("run")
    .description("order a task, follow it and answer its questions here")
    .argument("<task>", "what to do, in plain words, or a FILE.json")
    .option("-p, --project <name>", whichProject)
    .option("-y, --yes", "allow every command that asks, and merge what was accepted")
    .option("--no-merge", "an accepted branch is enough; leave the merge to somebody")
    .option("--request-id <id>", "the same id again is the same job")
    .option("--validate <command>", "must pass besides the project's checks; may be repeated", eachOne)
    .option("--json", "print the job as one JSON document at its end")
    .addHelpText("after", example('run "Fix the rounding of the discount" --project shop'))
    .action(
      act(async (task: string, options: RunOptions) => {
        const { runOrder } = await import("./run-order.ts");
        return runOrder(context, task, options);
      }),
    );
  program
    .command("submit")
    .description("order a task and leave; prints the job's id")
    .argument(
      "<task>",
      'what to do, in plain words, or a FILE.json: {"text": …, "project": …, "validation": […], "requestId": …}',
    )
    .option("-p, --project <name>", whichProject)
    .option("--request-id <id>", "the same id again is the same job")
    .option("--validate <command>", "must pass besides the project's checks; may be repeated", eachOne)
    .addOption(new Option("--at <time>", "begin then: 2026-12-01T09:00").argParser(moment("future")).conflicts("in"))
    .addOption(new Option("--in <duration>", "begin so much later: 2h").argParser(durationMs))
    .option("--json", "print {jobId} as one JSON document")
    .addHelpText(
      "after",
      example('submit "Add a --version flag"', "submit order.json", 'submit "Tag it" --at 2026-12-01T09:00'),
    )
    .action(
      act(async (task: string, options: SubmitOptions) => {
        const { submit } = await import("./submit.ts");
        return submit(context, task, options);
      }),
    );
  program
    .command("wait")
    .description("stay until a job has ended; the exit code says how")
    .argument("<job>", "its id, or the beginning of it")
    .addOption(durationOption("--timeout <duration>", "how long at most", timeoutMs, "24h"))
    .option("--json", "print the job as one JSON document")
    .addHelpText("after", example("wait 7kq2m9xd --timeout 10m"))
    .action(
      act(async (job: string, options: WaitOptions) => {
        const { wait } = await import("./look.ts");
        return wait(context, job, options);
      }),
    );
  program
    .command("cancel")
    .description("stop a job, whether it is queued, running or waiting")
    .argument("<job>", "its id, or the beginning of it")
    .addOption(durationOption("--timeout <duration>", "how long to wait for it to stop", timeoutMs, "1m"))
    .option("--json", "print the job as one JSON document")
    .addHelpText("after", example("cancel 7kq2m9xd"))
    .action(
      act(async (job: string, options: DecideOptions) => {
        const { cancel } = await import("./decide.ts");
        return cancel(context, job, options);
      }),
    );
};
