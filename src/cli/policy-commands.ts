import type { CommandGroup } from "./command-line.ts";
import { exitCodes } from "./exit-code.ts";
import { example } from "./options.ts";

/** To ask the policy, without running anything. */
export const policyCommands: CommandGroup = (program, { terminal }, act) => {
  program.commandsGroup("Try and check:");
  const policy = program
    .command("policy")
    .description("what an agent's command would be told: allow, ask or deny")
    .addHelpText("after", example('policy explain "git push"', "policy check commands.jsonl"));
  policy
    .command("explain")
    .description("judge one command and say why")
    .argument("<command>", "the command, as an agent would write it")
    .option("--worktree <name>", "where it would run: main, or a task's worktree", "task-1")
    .addHelpText("after", example('policy explain "git reset --hard" --worktree main'))
    .action(
      act(async (command: string, { worktree }: { worktree: string }) => {
        const { explain } = await import("./policy.ts");
        terminal.result(explain(worktree, command));
        return exitCodes.ok;
      }),
    );
  policy
    .command("check")
    .description("judge every line of a file: {id, worktree, command} in, {id, decision, rule} out")
    .argument("<file>", "JSON lines")
    .addHelpText("after", example("policy check commands.jsonl"))
    .action(
      act(async (file: string) => {
        const { checkJsonl } = await import("./policy.ts");
        return checkJsonl(file, terminal.result);
      }),
    );
};
