import { parseCommand } from "./command.ts";

/** Why a command cannot be a check, as a sentence, or nothing. Asked when it is configured and again before it runs. */
export function flawOfCheck({ cmd }: { readonly cmd: string }): string | undefined {
  const parsed = parseCommand(cmd);
  if (!parsed.ok) return parsed.reason;
  return flawOfWords(parsed.argv);
}

/** The same for words, whoever split them. */
export function flawOfWords(argv: readonly string[]): string | undefined {
  const words = withoutAssignments(argv);
  const variable = argv.find((word) => updatingVariable.test(word));
  if (variable !== undefined) return `it sets ${variable}, which changes files; a check only looks`;
  const change = words.flatMap((_, at) => changing(words.slice(at), at === 0) ?? [])[0];
  if (change !== undefined) return `\`${change}\` changes files; a check only looks`;
  if (isIdle(words)) return `\`${words.join(" ")}\` checks nothing`;
  return undefined;
}

/** A script of package.json is a line for a shell: each of its commands is looked at for itself. */
export function flawOfScript(script: string): string | undefined {
  const commands = script.split(/&&|\|\||[;|\n]/).map((command) => command.trim().split(/\s+/));
  const change = commands.map(flawOfWords).find((flaw) => flaw?.includes("changes files"));
  if (change !== undefined) return change;
  return commands.every((words) => isIdle(withoutAssignments(words)))
    ? `\`${script.trim()}\` checks nothing`
    : undefined;
}

const assignment = /^[A-Za-z_]\w*=/;
const updatingVariable =
  /^(?:INSTA_UPDATE=(?!no$)|UPDATE_(?:SNAPSHOTS?|EXPECT|GOLDENS?)=|SNAPSHOT_UPDATE=|INSTA_FORCE_UPDATE)/;

function withoutAssignments(argv: readonly string[]): readonly string[] {
  const first = argv.findIndex((word, at) => !assignment.test(word) && !(at === 0 && nameOf(word) === "env"));
  return first === -1 ? [] : argv.slice(first);
}

function nameOf(word = ""): string {
  return word.slice(word.lastIndexOf("/") + 1);
}

/** Words that make any tool write what it should only judge. */
const changingFlag =
  /^(?:--fix(?:-only|-type)?|--write|--apply(?:-unsafe|-suggested)?|--in-?place|--overwrite|--update|--(?:test-)?update-?[sS]napshots?|--snapshot-update|--accept|--auto-?correct(?:-all)?|--autofix|--bless|--force-regen|--inline-snapshot=(?:fix|create|update).*)(?:=(?!false|none).*)?$/;

/** By program, and by its first word where that matters: what changes files unless `unless` is among the words. */
const changers: readonly { program: RegExp; word?: RegExp; anywhere?: RegExp; unless?: RegExp }[] = [
  { program: /^(?:vitest|jest|ava|playwright|npm|pnpm|yarn|bun)$/, anywhere: /^-u$/ },
  {
    program: /^(?:npm|pnpm|yarn|bun)$/,
    word: /^(?:i|in|install|ci|add|remove|rm|un|uninstall|up|update|upgrade|dedupe|link|version|publish|audit)$/,
  },
  {
    program: /^(?:pip3?|uv|poetry|pipenv|gem|bundle|composer|conda)$/,
    word: /^(?:install|add|sync|lock|update|remove|uninstall|upgrade|require)$/,
  },
  { program: /^(?:prettier|gofmt|goimports|gofumpt|buf|shfmt|taplo)$/, anywhere: /^-(?:w|lw|wl)$/ },
  { program: /^black$|^isort$|^rustfmt$/, unless: /^(?:--check(?:-only)?|--diff|-c|--version)$/ },
  { program: /^ruff$/, word: /^format$/, unless: /^(?:--check|--diff)$/ },
  { program: /^cargo$/, word: /^fmt$/, unless: /^--check$/ },
  { program: /^cargo$/, word: /^(?:fix|add|remove|update|install|generate-lockfile)$/ },
  { program: /^cargo-insta$|^insta$/, word: /^(?:accept|review)$/ },
  { program: /^terraform$|^tofu$/, word: /^fmt$/, unless: /^-check$/ },
  {
    program: /^(?:mix|dart|swift-format)$/,
    word: /^format$/,
    unless: /^(?:--check-formatted|--set-exit-if-changed|--output=none|--lint)$/,
  },
  { program: /^go$/, word: /^(?:fmt|fix|get|generate|install|mod)$/, unless: /^verify$/ },
  { program: /^(?:sed|perl|clang-format|autopep8|yapf|swift-format)$/, anywhere: /^-i/ },
  { program: /^(?:rubocop|standardrb)$/, anywhere: /^-[aA]$/ },
  { program: /^ktlint$/, anywhere: /^-F$/ },
  {
    program: /^git$/,
    word: /^(?:add|am|apply|checkout|cherry-pick|clean|commit|merge|mv|pull|push|rebase|reset|restore|revert|rm|stash|switch|tag)$/,
  },
  { program: /^deno$/, word: /^fmt$/, unless: /^--check$/ },
];

const fileTools = /^(?:rm|mv|cp|touch|tee|dd|truncate|ln|chmod|chown|install)$/;

/** What changes files, where these words, from a program on, do so. */
function changing(words: readonly string[], isFirst: boolean): string | undefined {
  const [first = "", ...rest] = words;
  if (changingFlag.test(first)) return first;
  if (isFirst && fileTools.test(nameOf(first))) return nameOf(first);
  // Further on a program stands under its own name, behind npx and its like; with a slash it is a file.
  if (!isFirst && first.includes("/")) return undefined;
  const word = rest.find((one) => !one.startsWith("-")) ?? "";
  const rule = changers.find(
    ({ program, word: wanted, anywhere, unless }) =>
      program.test(nameOf(first)) &&
      (wanted === undefined || wanted.test(word)) &&
      (anywhere === undefined || rest.some((one) => anywhere.test(one))) &&
      (unless === undefined || !rest.some((one) => unless.test(one))),
  );
  return (
    rule &&
    [nameOf(first), ...(rule.word ? [word] : rule.anywhere ? rest.filter((one) => rule.anywhere?.test(one)) : [])].join(
      " ",
    )
  );
}

const idlePrograms = /^(?:|true|:|echo|printf|exit|sleep|pwd|ls|cat|head|date|whoami|id|uname|which|type|yes|wait|cd)$/;

function isIdle(words: readonly string[]): boolean {
  const [program, ...rest] = words;
  if (idlePrograms.test(nameOf(program)) && nameOf(program) !== "exit") return true;
  if (nameOf(program) === "exit") return rest[0] === undefined || rest[0] === "0";
  if (/^(?:ba|da|z)?sh$/.test(nameOf(program)) && rest[0]?.startsWith("-") && rest[0].endsWith("c")) {
    return flawOfScript(rest[1] ?? "")?.endsWith("checks nothing") ?? false;
  }
  return rest.length > 0 && rest.every((word) => /^(?:--version|--help|-h|-V|version|help)$/.test(word));
}
