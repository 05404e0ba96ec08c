import type { CommandGroup } from "./command-line.ts";
import { example } from "./options.ts";
import type { VerifyOptions } from "./verify.ts";

/** To find out what is missing here, and whether Chargehand itself holds. */
export const checkCommands: CommandGroup = (program, context, act) => {
  program.commandsGroup("Try and check:");
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
  program
    .command("verify")
    .description("check a job's evidence against itself: no daemon, no Redis, no network")
    .argument("<bundle>", "a job's folder, or its id, or the beginning of it")
    .option("--repository <path>", "ask this git repository too")
    .option("--json", "print one JSON document")
    .addHelpText("after", example("verify 7kq2m9xd", "verify ./evidence --repository /srv/shop/main"))
    .action(
      act(async (bundle: string, options: VerifyOptions) => {
        const { verify } = await import("./verify.ts");
        return verify(context, bundle, options);
      }),
    );
  program
    .command("test")
    .description("lint, types and every test of this checkout; the last line counts them")
    .option("--engines", "also the real coding engines, which are installed for it")
    .addHelpText("after", example("test", "test --engines"))
    .action(
      act(async (options: { engines?: boolean }) => {
        const { testCheckout } = await import("./test-checkout.ts");
        return testCheckout(options);
      }),
    );
};
