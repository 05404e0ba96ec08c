import { type Arguments, has, options, readOptions, valuesOf } from "./options.ts";
import { allow, deny, type Outcome } from "./outcome.ts";
import { isScriptName } from "./packages.ts";
import { flawOfPath } from "./paths.ts";

export const nodeOptions = options({
  clusters: false,
  flags:
    "--test --test-only --check -c --enable-source-maps --trace-warnings --trace-uncaught --experimental-strip-types " +
    "--experimental-test-coverage --no-warnings --unhandled-rejections=strict --test-reporter=spec --test-reporter=tap " +
    "--test-reporter=dot --test-reporter=junit --test-reporter=lcov",
  valued: "--test-name-pattern --run",
  joined: "--max-old-space-size --test-concurrency --test-timeout --test-shard",
});

/** J1. Words behind a script are the script's own, but behind --test every word is a file. */
export function judgeNode(words: readonly string[]): Outcome {
  if (words.length === 1 && (words[0] === "--version" || words[0] === "-v"))
    return allow("J1", "It prints its version.");
  const args = readOptions(nodeOptions, words, { stopAtOperand: true });
  if ("problem" in args) return deny("J1", args.problem, args.advice);
  const number = valuesOf(args, "--max-old-space-size --test-concurrency --test-timeout --test-shard");
  if (!number.every((value) => /^\d+(\/\d+)?$/.test(value))) {
    return deny("J1", "An option lacks its number.", "Write it as --test-timeout=5000.");
  }
  return flawOf(args) ?? allow("J1", "It runs code of the worktree.");
}

function flawOf(args: Arguments): Outcome | undefined {
  const [script] = valuesOf(args, "--run");
  if (script !== undefined) return flawOfRun(script, args);
  const files = [...args.operands, ...(args.rest ?? [])];
  if (has(args, "--test")) return files.map(flawOfFile).find((flaw) => flaw !== undefined);
  return files[0] === undefined ? noScript : flawOfFile(files[0]);
}

function flawOfRun(script: string, { operands }: Arguments): Outcome | undefined {
  if (isScriptName(script) && operands.length === 0) return undefined;
  return deny("J1", "It is no listed way to run a script.", "Write node --run <name> -- <arguments>.");
}

function flawOfFile(file: string): Outcome | undefined {
  return file.startsWith("-") || file === "inspect" ? noScript : flawOfPath(file);
}

const noScript = deny("J1", "It names no file of the worktree to run.", "Name a script: node scripts/build.js.");
