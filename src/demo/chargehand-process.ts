import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { delimiter, dirname, resolve } from "node:path";
import { AppError } from "../core/error.ts";

export interface ChargehandProcess extends AsyncDisposable {
  /** Aborts when it ends before it was told to. */
  readonly ended: AbortSignal;
  /** Bot and daemon are both at work. */
  readonly ready: Promise<void>;
}

const cli = resolve(import.meta.dirname, "../cli.ts");
const graceMs = 15_000;

/** Starts the real bot and daemon, as `chargehand up` does, with settings of ours and nothing of the machine's. */
export async function startChargehand({
  directory,
  logFile,
  settings,
}: {
  readonly directory: string;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
}): Promise<ChargehandProcess> {
  await using log = await open(logFile, "a");
  const env = { ...inherited(), ...settings };
  // The channel is a lifeline: when this process goes, however it goes, the other one notices and ends too.
  const stdio = ["ignore", log.fd, log.fd, "ipc"] as const;
  const child = spawn(process.execPath, [cli, "up"], { cwd: directory, env, stdio: [...stdio] });
  const ready = new Promise<void>((resolve) => child.once("message", () => resolve()));
  const ended = new AbortController();
  const gone = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  void gone.then(async () =>
    ended.abort(new AppError("internal", `Chargehand ended by itself.\n${await endOf(logFile)}`)),
  );
  return { ended: ended.signal, ready, [Symbol.asyncDispose]: () => stop(child, gone) };
}

/** This Node first, because the sample project's checks are run with it. No key and no setting of the person's. */
function inherited(): Record<string, string | undefined> {
  const { PATH, HOME, LANG, LC_ALL, TMPDIR } = process.env;
  return { PATH: [dirname(process.execPath), PATH].join(delimiter), HOME, LANG, LC_ALL, TMPDIR };
}

/** What it said last, for whoever has to find out why. */
export async function endOf(logFile: string): Promise<string> {
  const log = await readFile(logFile, "utf8").catch(() => "");
  return `The end of its log:\n${log.trimEnd().split("\n").slice(-30).join("\n")}`;
}

async function stop(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await gone;
  clearTimeout(impatience);
}
