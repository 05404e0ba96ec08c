import { followEntries } from "../platform/job-desk.ts";
import { keptJobs } from "../platform/kept-jobs.ts";
import { createRedactor, secretValuesOf } from "../platform/secrets/redactor.ts";
import type { CommandContext } from "./command-line.ts";
import { exitCodes } from "./exit-code.ts";
import { newestCursor } from "./follow-job.ts";
import { untilInterrupted } from "./interrupt.ts";
import { thisPerson } from "./person.ts";
import { openSession } from "./session.ts";
import { ownVersion } from "./version.ts";

/** Is an MCP server on stdin and stdout for the agent that started it, until that agent is gone. */
export async function mcp(context: CommandContext): Promise<number> {
  const { serveMcp } = await import("../mcp/serve.ts");
  using interrupted = untilInterrupted();
  await using session = await openSession(context);
  const config = session.config();
  const tokens = Object.values(config.trackers).map(({ token }) => token);
  const redactor = createRedactor({ values: secretValuesOf(session.settings.variables, tokens) });
  const deps = {
    config,
    redact: (text: string) => redactor.text(text),
    desk: session.desk,
    kept: keptJobs(session.settings.environment.CHARGEHAND_HOME),
    user: thisPerson(),
    version: ownVersion(),
    follow: async (signal: AbortSignal) => {
      const follower = await session.follower();
      return followEntries(follower, await newestCursor(session.redis), signal);
    },
    note: context.terminal.note,
  };
  await serveMcp(deps, process, interrupted.signal);
  return exitCodes.ok;
}
