import { allOperands, options, readOptions, valuesOf } from "./options.ts";
import { allow, deny, type Outcome } from "./outcome.ts";
import { flawOfPath } from "./paths.ts";

export const pytestOptions = options({
  flags:
    "--lf --last-failed --ff --failed-first --nf --new-first --sw --stepwise --co --collect-only --no-header --no-summary " +
    "--quiet --verbose --exitfirst --strict-markers --strict-config --no-cov --disable-warnings --markers --fixtures " +
    "--doctest-modules --runxfail --cache-clear --showlocals --no-showlocals --setup-show --version -q -v -x -s -l",
  optional: "--cov --cov-branch",
  valued:
    "--maxfail --tb --durations --durations-min --color --deselect --ignore --ignore-glob --capture --import-mode " +
    "--verbosity --timeout --numprocesses --cov-report --cov-fail-under -k -m -n -r",
});

/**
 * Y1. Before it reads its options pytest looks for `-p plugin` among all words, `--` or not, and takes every word that
 * begins with @ for a file of further words: neither may stand anywhere.
 */
export function judgePytest(words: readonly string[]): Outcome {
  const args = readOptions(pytestOptions, words);
  if ("problem" in args) return deny("Y1", args.problem, args.advice);
  if (words.some((word) => word.startsWith("@")) || args.rest?.some((word) => word.startsWith("-"))) {
    return deny("Y1", "A word is neither a path nor a listed option.", "Name test files and listed options alone.");
  }
  const report = valuesOf(args, "--cov-report").find((kind) => !reports.has(kind));
  if (report !== undefined) return deny("Y1", `${report} is no listed report.`, `Use ${[...reports].join(", ")}.`);

  const tests = [...allOperands(args), ...valuesOf(args, "--deselect --ignore --ignore-glob --cov")];
  const flaw = tests.map((test) => flawOfPath(test.split("::", 1)[0] ?? "")).find((found) => found !== undefined);
  return flaw ?? allow("Y1", "It runs tests of the worktree.");
}

const reports = new Set(["term", "term-missing", "term-missing:skip-covered", "xml", "json", "html", "lcov"]);
