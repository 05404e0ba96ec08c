import { AppError } from "../core/error.ts";
import { homesAtWork, type Roster } from "../core/home.ts";
import { whyUnusable } from "../platform/check-projects.ts";
import { readHomeId } from "../platform/home-id.ts";
import type { Settings } from "../platform/installation.ts";
import type { Session } from "./session.ts";
import type { Terminal } from "./terminal.ts";

/** The daemon that works for a command: one that was there, or one of our own for as long as the command lasts. */
export interface OwnDaemon extends AsyncDisposable {
  readonly isOurs: boolean;
  /** Aborts when a daemon of ours ends by a failure. */
  readonly stopped: AbortSignal;
}

/** Starts a daemon in this process when none is at work that has the project. */
export async function ownDaemon(session: Session, terminal: Terminal, project: string): Promise<OwnDaemon> {
  const stopped = new AbortController();
  const roster = await session.desk.roster();
  if (homesAtWork(roster, project).length > 0) {
    return { isOurs: false, stopped: stopped.signal, async [Symbol.asyncDispose]() {} };
  }
  await requireProject(session, project);
  await requireFreeHome(session, roster, project);
  terminal.note(
    homesAtWork(roster).length === 0
      ? "No daemon is at work, so this command is one until it ends."
      : `No daemon at work has the project ${project}, so this command is one until it ends.`,
  );
  const { runDaemon } = await import("../daemon/main.ts");
  const closing = new AbortController();
  const begun = Promise.withResolvers<void>();
  const running = runDaemon({ ...quietly(session.settings), onReady: begun.resolve }, closing.signal).catch(
    (error: unknown) => stopped.abort(error),
  );
  // An order that this daemon could not even begin with would be left on the queue for the next one.
  await Promise.race([begun.promise, running]);
  stopped.signal.throwIfAborted();
  return {
    isOurs: true,
    stopped: stopped.signal,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await running;
    },
  };
}

/** Ours could not work on a project that is not on this machine, and nobody else is there to do it. */
async function requireProject(session: Session, name: string): Promise<void> {
  const project = session.config().projects[name];
  const problem = project && (await whyUnusable(name, project, AbortSignal.timeout(60_000)));
  if (problem !== undefined) throw problem;
}

/** A daemon that read its configuration before the project stood in it would keep ours from working in its home. */
async function requireFreeHome({ settings }: Session, roster: Roster, project: string): Promise<void> {
  const id = await readHomeId(settings.environment.CHARGEHAND_HOME);
  if (!homesAtWork(roster).some((home) => home.id === id)) return;
  throw new AppError(
    "conflict",
    `The daemon at work here does not have the project ${project} yet. Start it again, so that it reads the configuration.`,
  );
}

/** What it says of its own work would stand between the lines of the job. A trace was asked for. */
function quietly({ environment, ...settings }: Settings): Settings {
  const { LOG_LEVEL, ORCHESTRATOR_TRACE } = environment;
  const isEveryday = LOG_LEVEL === "info" && !ORCHESTRATOR_TRACE;
  return { ...settings, environment: { ...environment, LOG_LEVEL: isEveryday ? "error" : LOG_LEVEL } };
}
