import type { CommandGroup } from "./command-line.ts";
import type { DemoCommandOptions } from "./demo.ts";
import { example, wholeNumber } from "./options.ts";

/** To see it work, and to see whether it can. */
export const tryCommands: CommandGroup = (program, context, act) => {
  program.commandsGroup("Try and check:");
  program
    .command("demo")
    .description("everything at work on a sample project, with no account, key or network")
    .option("--auto", "play the whole story without a person, and prove it by git")
    .option("--port <number>", "where the phone's page listens (default: any free port)", wholeNumber(1, 65_535))
    .option("--no-open", "print the address only")
    .option("--keep", "leave the folder of the demo behind")
    .addHelpText("after", example("demo", "demo --auto"))
    .action(
      act(async (options: DemoCommandOptions) => {
        const { demo } = await import("./demo.ts");
        return demo(context, options);
      }),
    );
};
