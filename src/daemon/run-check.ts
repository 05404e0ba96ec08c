import { cp } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import { childEnvironment } from "../platform/child-environment.ts";
import { findProgram } from "../platform/find-program.ts";
import { type ProcessResult, runProcess } from "../platform/process.ts";
import type { SandboxProfile } from "../platform/sandbox/profile.ts";
import { visibleText } from "../platform/visible-text.ts";
import type { CheckPlace, RunInCheckout } from "./checks.ts";
import type { DaemonDeps } from "./deps.ts";
import { checkSandbox, operatorToolchains } from "./job-sandbox.ts";

/** How much of an output is looked at for a report: runners print their summary at the end. */
const read = { headBytes: 64 * 1024, tailBytes: 512 * 1024 };
/** How much of it people and the orchestrator see: how it began, and the end, where failures stand. */
const shown = { head: 1_000, tail: 5_000 };

/** Runs the operator's own commands in a checkout: the same limits and the same sandbox as any command. */
export function runInCheckout(deps: DaemonDeps): RunInCheckout {
  const toolchains = operatorToolchains(deps);
  const versions = new Map<string, Promise<string | undefined>>();
  const start: Start = async (argv, place, { network, outputFile, timeoutMs }, signal) => {
    const sandbox = checkSandbox(deps, toolchains, place, network);
    const own = { home: place.home, temporary: join(place.home, "tmp"), own: {}, variables: deps.variables };
    return await runProcess(
      {
        argv,
        cwd: place.checkout,
        env: childEnvironment(own),
        timeoutMs,
        output: { ...read, ...(outputFile !== undefined && { file: outputFile }) },
        redact: deps.redactor,
        ...(sandbox && { sandbox }),
      },
      signal,
    );
  };
  return async ({ argv: [name, ...words], place, outputFile, network }, signal) => {
    const program = programIn(place, name);
    if (program === undefined) return nothing("missing", `"${name}" is not installed on this machine.`);
    // Only bubblewrap can show a folder in another place; elsewhere each checkout gets a copy of its own.
    if (deps.sandbox.kind !== "bubblewrap") await copyDependencies(place);
    const timeoutMs = deps.config.limits.commandTimeout;
    const result = await start([program, ...words], place, { network, outputFile, timeoutMs }, signal);
    signal.throwIfAborted();
    const output = withoutPlace(textOf(result), place);
    const tail = deps.redact(visibleText(clipped(output)));
    if (result.ended === "not_started") return nothing("broken", tail);
    const toolVersion = await versionOf(versions, program, { place, start }, signal);
    return { started: "yes", exitCode: result.exitCode, durationMs: result.durationMs, output, tail, toolVersion };
  };
}

type Start = (
  argv: readonly [string, ...string[]],
  place: CheckPlace,
  options: { network: SandboxProfile["network"]; outputFile?: string | undefined; timeoutMs: number },
  signal: AbortSignal,
) => Promise<ProcessResult>;

function nothing(started: "missing" | "broken", tail: string) {
  return { started, exitCode: null, durationMs: 0, output: "", tail };
}

/** A path is one inside the checkout; a name is one of the operator's programs. */
function programIn({ checkout }: CheckPlace, name: string): string | undefined {
  if (!name.includes("/")) return findProgram([name]);
  return isAbsolute(name) ? name : join(checkout, name);
}

async function copyDependencies({ checkout, dependencies = [] }: CheckPlace): Promise<void> {
  for (const { from, at } of dependencies) {
    await cp(from, join(checkout, at), { recursive: true, verbatimSymlinks: true });
  }
}

/** What a program outside the work says of its version; asked once in the life of the daemon. */
async function versionOf(
  known: Map<string, Promise<string | undefined>>,
  program: string,
  { place, start }: { place: CheckPlace; start: Start },
  signal: AbortSignal,
): Promise<string | undefined> {
  if (program.startsWith(place.checkout)) return undefined;
  const answer = known.get(program) ?? askVersion();
  known.set(program, answer);
  return await answer;

  async function askVersion() {
    const result = await start([program, "--version"], place, { network: "none", timeoutMs: 10_000 }, signal);
    if (result.exitCode !== 0) return undefined;
    const [line = ""] = visibleText(result.stdout.text).trim().split("\n");
    return line === "" ? undefined : `${basename(program)} ${line}`.slice(0, 100);
  }
}

const endings: Readonly<Record<ProcessResult["ended"], string>> = {
  timeout: "It took longer than a command may.",
  not_started: "",
  exited: "",
  silence: "",
  cancelled: "",
};

function textOf({ stdout, stderr, ended, reason }: ProcessResult): string {
  return [stdout.text, stderr.text, endings[ended] || (reason ?? "")]
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .join("\n");
}

/** The folder is another one each time; without it two outputs can be compared, and nobody learns of it. */
function withoutPlace(text: string, { checkout, home }: CheckPlace): string {
  return text.replaceAll(`${checkout}/`, "").replaceAll(checkout, ".").replaceAll(home, "~");
}

function clipped(text: string): string {
  const left = text.length - shown.head - shown.tail;
  if (left <= 0) return text;
  return `${text.slice(0, shown.head)}\n… ${left.toLocaleString("en-US")} characters left out …\n${text.slice(-shown.tail)}`;
}
