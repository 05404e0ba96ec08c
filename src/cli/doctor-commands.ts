import type { CommandGroup } from "./command-line.ts";
import { example } from "./options.ts";

/** To find out what is missing. */
export const doctorCommands: CommandGroup = (program, context, act) => {
  program.commandsGroup("Set up:");
  program
    .command("doctor")
    .description("look at everything Chargehand stands on, and say what to mend")
    .option("--json", "print one JSON document")
    .addHelpText("after", example("doctor"))
    .action(
      act(async (options: { json?: boolean }) => {
        const { doctor } = await import("./doctor.ts");
        return doctor(context, options);
      }),
    );
};
