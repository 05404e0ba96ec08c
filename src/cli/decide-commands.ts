import type { ApprovalSubject, Choice } from "../core/approval.ts";
import type { CommandGroup } from "./command-line.ts";
import type { DecideOptions } from "./decide.ts";
import { advice, durationOption, example, timeoutMs } from "./options.ts";

interface Answer {
  readonly subject: ApprovalSubject["type"];
  readonly choice: Choice;
  readonly advice?: string | undefined;
}

/** To answer what a job asks: the same answers as the buttons on the phone. */
export const decideCommands: CommandGroup = (program, context, act) => {
  program.commandsGroup("Decide:");
  const give = async (asked: string, answer: Answer, options: DecideOptions) => {
    const { settle } = await import("./decide.ts");
    return settle(context, asked, answer, options);
  };
  const answering = (name: string, argument: string) =>
    program
      .command(name)
      .argument(argument, "a job's id, or the beginning of it, or the id of one question")
      .addOption(durationOption("--timeout <duration>", "how long to wait for it to take effect", timeoutMs, "10m"))
      .option("--json", "print the job as one JSON document");

  answering("approve", "<asked>")
    .description("allow the command a job asks for")
    .option("--for-job", "allow it for the rest of the job")
    .addHelpText("after", example("approve 7kq2m9xd --for-job"))
    .action(
      act((asked: string, options: DecideOptions & { forJob?: boolean }) =>
        give(asked, { subject: "command", choice: options.forJob ? "allow_for_job" : "allow_once" }, options),
      ),
    );
  answering("deny", "<asked>")
    .description("refuse the command a job asks for")
    .option("--advice <text>", "what it should do instead", advice)
    .addHelpText("after", example('deny 7kq2m9xd --advice "Keep the dependencies as they are."'))
    .action(
      act((asked: string, options: DecideOptions & { advice?: string }) =>
        give(asked, { subject: "command", choice: "deny", advice: options.advice }, options),
      ),
    );
  answering("merge", "<job>")
    .description("merge what a job proved into its branch")
    .addHelpText("after", example("merge 7kq2m9xd"))
    .action(act((job: string, options: DecideOptions) => give(job, { subject: "merge", choice: "merge" }, options)));
  answering("change", "<job>")
    .argument("<wish>", "what should be different", advice)
    .description("send accepted work back, with words on what should be different")
    .addHelpText("after", example('change 7kq2m9xd "Name the tests after the behaviour."'))
    .action(
      act((job: string, wish: string, options: DecideOptions) =>
        give(job, { subject: "merge", choice: "change", advice: wish }, options),
      ),
    );
  answering("keep", "<asked>")
    .description("go on with the text that was accepted, though its issue was changed")
    .addHelpText("after", example("keep 7kq2m9xd"))
    .action(
      act((asked: string, options: DecideOptions) =>
        give(asked, { subject: "task_changed", choice: "keep_text" }, options),
      ),
    );
  answering("take", "<asked>")
    .description("go on with the text that the issue has now")
    .addHelpText("after", example("take 7kq2m9xd"))
    .action(
      act((asked: string, options: DecideOptions) =>
        give(asked, { subject: "task_changed", choice: "take_text" }, options),
      ),
    );
  answering("discard", "<job>")
    .description("end a job without its change")
    .addHelpText("after", example("discard 7kq2m9xd"))
    .action(act((job: string, options: DecideOptions) => give(job, { subject: "merge", choice: "discard" }, options)));
};
