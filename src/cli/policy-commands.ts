import type { CommandGroup } from "./command-line.ts";
import { exitCodes } from "./exit-code.ts";
import { example } from "./options.ts";

/** To ask the policy, without running anything. */
export const policyCommands: CommandGroup = (program, { terminal }, act) => {
  program.commandsGroup("Try and check:");
  const policy = program
    .command("policy")
    .description("what an agent's command would be told: allow, ask or deny")
    .addHelpText("after", example('policy explain task-1 "git push"', "policy check --jsonl commands.jsonl"));
  policy
    .command("explain")
    .description("judge one command and say why")
    .argument("<worktree>", "where it would run: main, or a task's worktree such as task-1")
    .argument("<command>", "the command, as an agent would write it")
    .option("--json", "print one JSON document")
    .addHelpText("after", example('policy explain main "git reset --hard"'))
    .action(
      act(async (worktree: string, command: string, { json }: { json?: boolean }) => {
        const { explain, explanation } = await import("./policy.ts");
        if (json) terminal.document(explanation(worktree, command));
        else terminal.result(explain(worktree, command));
        return exitCodes.ok;
      }),
    );
  policy
    .command("check")
    .description("judge every line of a file: {id, worktree, command} in, {id, decision, rule} out")
    .requiredOption("--jsonl <file>", "a JSON line for each command")
    .addHelpText("after", example("policy check --jsonl commands.jsonl"))
    .action(
      act(async ({ jsonl }: { jsonl: string }) => {
        const { checkJsonl } = await import("./policy.ts");
        return checkJsonl(jsonl, terminal.result);
      }),
    );
};
