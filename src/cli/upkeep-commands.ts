import type { CommandGroup } from "./command-line.ts";
import type { LookOptions } from "./look.ts";
import { durationMs, durationOption, example, timeoutMs } from "./options.ts";
import type { PruneOptions, ReconcileOptions, RecoverOptions, UnlockOptions } from "./upkeep.ts";

/** To put right what crashes, full disks and a lost Redis leave, and to clear away what is old. */
export const upkeepCommands: CommandGroup = (program, context, act) => {
  program.commandsGroup("Upkeep:");
  program
    .command("recover")
    .description("show every job anew from its ledger, and put it back on its way")
    .addOption(durationOption("--timeout <duration>", "how long at most", timeoutMs, "1m"))
    .option("--json", "print one JSON document")
    .addHelpText("after", example("recover"))
    .action(
      act(async (options: RecoverOptions) => {
        const { recover } = await import("./upkeep.ts");
        return recover(context, options);
      }),
    );
  program
    .command("reconcile")
    .description("compare ledgers with Redis, refs and worktrees; exits 1 when something differs")
    .option("--fix", "have a daemon put right what it can")
    .addOption(durationOption("--timeout <duration>", "how long at most", timeoutMs, "1m"))
    .option("--json", "print one JSON document")
    .addHelpText("after", example("reconcile", "reconcile --fix"))
    .action(
      act(async (options: ReconcileOptions) => {
        const { reconcile } = await import("./upkeep.ts");
        return reconcile(context, options);
      }),
    );
  program
    .command("retry")
    .description("order a job that has ended once more, as a new job; prints its id")
    .argument("<job>", "its id, or the beginning of it")
    .option("--json", "print {jobId} as one JSON document")
    .addHelpText("after", example("retry 7kq2m9xd"))
    .action(
      act(async (job: string, options: LookOptions) => {
        const { retry } = await import("./upkeep.ts");
        return retry(context, job, options);
      }),
    );
  program
    .command("unlock")
    .description("remove the locks that a killed git left in a job's repositories")
    .requiredOption("--job <job>", "its id, or the beginning of it")
    .option("--json", "print one JSON document")
    .addHelpText("after", example("unlock --job 7kq2m9xd"))
    .action(
      act(async (options: UnlockOptions) => {
        const { unlock } = await import("./upkeep.ts");
        return unlock(context, options);
      }),
    );
  program
    .command("prune")
    .description(
      "remove ended jobs with their ledgers and evidence; work that was not merged stays for limits.recoveryTtl",
    )
    .addOption(durationOption("--older-than <duration>", "how long ago they ended", durationMs, "30d"))
    .option("--dry-run", "only say which")
    .option("--json", "print one JSON document")
    .addHelpText("after", example("prune --dry-run", "prune --older-than 7d"))
    .action(
      act(async (options: PruneOptions) => {
        const { prune } = await import("./upkeep.ts");
        return prune(context, options);
      }),
    );
};
