import { join } from "node:path";
import { childEnvironment } from "../platform/child-environment.ts";
import { findProgram } from "../platform/find-program.ts";
import { type ProcessResult, runProcess } from "../platform/process.ts";
import { visibleText } from "../platform/visible-text.ts";
import type { RunInCheckout } from "./checks.ts";
import type { DaemonDeps } from "./deps.ts";
import { checkSandbox, operatorToolchains } from "./job-sandbox.ts";

/** How much of a check's output people and the orchestrator see: how it began, and the end, where failures stand. */
const shown = { headBytes: 1_000, tailBytes: 5_000 };

/** Runs the operator's own commands in a checkout: the same limits and the same sandbox as any command. */
export function runInCheckout(deps: DaemonDeps): RunInCheckout {
  const toolchains = operatorToolchains(deps);
  return async ({ argv: [name, ...words], place, outputFile, network }, signal) => {
    const program = findProgram([name]);
    if (program === undefined)
      return { started: false, exitCode: null, durationMs: 0, tail: `"${name}" is not installed on this machine.` };
    const sandbox = checkSandbox(deps, toolchains, place, network);
    const result = await runProcess(
      {
        argv: [program, ...words],
        cwd: place.checkout,
        env: childEnvironment({
          own: {},
          home: place.home,
          temporary: join(place.home, "tmp"),
          variables: deps.variables,
        }),
        timeoutMs: deps.config.limits.commandTimeout,
        output: { ...shown, file: outputFile },
        redact: deps.redactor,
        ...(sandbox && { sandbox }),
      },
      signal,
    );
    signal.throwIfAborted();
    const started = result.ended !== "not_started";
    return {
      started,
      exitCode: result.exitCode,
      durationMs: result.durationMs,
      tail: deps.redact(visibleText(tailOf(result))),
    };
  };
}

function tailOf({ stdout, stderr, ended, reason }: ProcessResult): string {
  const endings = {
    timeout: "It took longer than a command may.",
    not_started: reason ?? "",
    exited: "",
    silence: "",
    cancelled: "",
  };
  return [stdout.text, stderr.text, endings[ended]]
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .join("\n");
}
