/** Comments that tell a tool to look away, by the name people know them by, and how each is written. */
const comments: readonly (readonly [name: string, pattern: string])[] = [
  ["@ts-nocheck", "@ts-nocheck"],
  ["@ts-ignore", "@ts-ignore"],
  ["@ts-expect-error", "@ts-expect-error"],
  ["$FlowFixMe", "\\$Flow(?:FixMe|Ignore|ExpectedError)"],
  ["eslint-disable", "eslint-disable(?:-next)?(?:-line)?"],
  ["oxlint-disable", "oxlint-disable(?:-next)?(?:-line)?"],
  ["stylelint-disable", "stylelint-disable(?:-next)?(?:-line)?"],
  ["biome-ignore", "biome-ignore(?:-all|-start)?"],
  ["deno-lint-ignore", "deno-lint-ignore(?:-file)?"],
  ["prettier-ignore", "prettier-ignore(?:-start)?"],
  ["istanbul ignore", "istanbul ignore"],
  ["c8 ignore", "c8 ignore"],
  ["v8 ignore", "v8 ignore"],
  ["node:coverage", "node:coverage (?:disable|ignore)"],
  ["pragma: no cover", "pragma: ?no ?cover"],
  ["type: ignore", "type: ?ignore"],
  ["mypy: ignore-errors", "mypy: ?(?:ignore-errors|disable-error-code)"],
  ["pyright: ignore", "pyright: ?ignore"],
  ["noqa", "(?:(?:ruff|flake8): ?)?noqa"],
  ["pylint: disable", "pylint: ?(?:disable|disable-next|skip-file)"],
  ["nosec", "nosec"],
  ["nolint", "nolint(?:nextline|begin)?"],
  ["lint:ignore", "lint:(?:file-)?ignore"],
  ["NOSONAR", "nosonar"],
  ["rubocop:disable", "rubocop:(?:disable|todo)"],
  ["@phpstan-ignore", "@phpstan-ignore(?:-next)?(?:-line)?"],
  ["@psalm-suppress", "@psalm-suppress"],
  ["shellcheck disable", "shellcheck disable"],
];

/** A text that only speaks of one is none: it stands right behind the mark of a comment. Bounded, for lines have no end. */
const mark = "(?://|/\\*|#|<!--|^\\*)[/*#!\\s]{0,8}";
const end = "(?![\\w-])";

/** What is no comment begins its line. */
const annotations: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["#[allow]", /^#!?\[(?:allow|expect)\(/],
  ["@SuppressWarnings", /^@(?:file:)?Suppress(?:Warnings)?\(/],
  ["#pragma", /^# ?pragma (?:warning disable|(?:GCC|clang) diagnostic ignored)/],
];

const kinds = [
  ...annotations,
  ...comments.map(([name, pattern]) => [name, new RegExp(`${mark}${pattern}${end}`, "i")] as const),
];

const anyComment = new RegExp(`${mark}(?:${comments.map(([, pattern]) => pattern).join("|")})${end}`, "i");

function suppresses(line: string): boolean {
  return anyComment.test(line) || annotations.some(([, pattern]) => pattern.test(line));
}

const shownKinds = 5;

/**
 * `2 new suppressions: 1 × eslint-disable, 1 × noqa`, or nothing. The patch has no lines around its changes
 * (`git diff -U0`). It is no proof of anything: some are right, and a person should see them.
 */
export function remarkOnSuppressions(patch: string): string[] {
  const counts = [...newSuppressions(patch)].toSorted(([, one], [, other]) => other - one);
  if (counts.length === 0) return [];
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const shown = counts.slice(0, shownKinds).map(([name, count]) => `${count} × ${name}`);
  const more = counts.length > shownKinds ? ` and ${counts.length - shownKinds} other kinds` : "";
  return [`${total} new ${total === 1 ? "suppression" : "suppressions"}: ${shown.join(", ")}${more}`];
}

/** By kind. One that was moved or indented is not new, and neither is one whose line was changed in its place. */
function newSuppressions(patch: string): Map<string, number> {
  const hunks = hunksOf(patch);
  const isNew = unmatchedBy(hunks.flatMap(({ removed }) => removed));
  const isGone = unmatchedBy(hunks.flatMap(({ added }) => added));
  const all = new Map<string, number>();
  for (const { added, removed } of hunks) {
    const gone = countKinds(removed.filter(isGone));
    for (const [name, count] of countKinds(added.filter(isNew))) {
      const fresh = count - (gone.get(name) ?? 0);
      if (fresh > 0) all.set(name, (all.get(name) ?? 0) + fresh);
    }
  }
  return all;
}

interface Hunk {
  readonly added: string[];
  readonly removed: string[];
}

/** The lines of each hunk that suppress something, without the blanks around them. */
function hunksOf(patch: string): Hunk[] {
  const hunks: Hunk[] = [];
  let hunk: Hunk | undefined;
  for (const line of patch.split("\n")) {
    if (line.startsWith("diff --git ")) hunk = undefined;
    const text = line.slice(1).trim();
    if (line.startsWith("@@ ")) {
      hunk = { added: [], removed: [] };
      hunks.push(hunk);
    } else if (hunk !== undefined && suppresses(text)) {
      (line.startsWith("+") ? hunk.added : hunk.removed).push(text);
    }
  }
  return hunks;
}

/** Whether a line has no counterpart among the others. Each of those is the counterpart of one line. */
function unmatchedBy(others: readonly string[]): (line: string) => boolean {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return (line) => {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    return count === 0;
  };
}

function countKinds(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines)
    for (const [name, pattern] of kinds) if (pattern.test(line)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
