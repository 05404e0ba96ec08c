import { agents, engineOptions } from "./agent-table.ts";
import { gitOptions } from "./git-options.ts";
import type { Subcommand } from "./git-subcommand.ts";
import { gitSubcommands } from "./git-table.ts";
import { nodeOptions } from "./node.ts";
import type { OptionTable } from "./options.ts";
import { packageManagers } from "./packages.ts";
import { pytestOptions } from "./pytest.ts";
import { rules } from "./rules.ts";

/** The whole policy as Markdown, for docs/security.md: the rules, git by subcommand, and the other programs. */
export function policyTable(): string {
  return [
    table(["rule", "verdict", "what it says"], Object.entries(rules).map(ruleRow)),
    table(
      ["set", "options"],
      sets.map(({ name, options }) => [name, listOf(namesIn(options))]),
    ),
    table(["git", "in a task worktree", "in main", "options"], Object.entries(gitSubcommands).map(gitRow)),
    table(["program", "options"], Object.entries(otherPrograms).map(programRow)),
  ].join("\n\n");
}

function ruleRow([id, { verdict, says }]: [string, (typeof rules)[keyof typeof rules]]): string[] {
  return [id, verdict, says];
}

function gitRow([name, { effect, asks = [], options, lists, rule }]: [string, Subcommand]): string[] {
  const asksAlways = rule === "G9" || asks.some((it) => it.options === undefined);
  const asking = asks.flatMap((it) => it.options?.split(" ") ?? []);
  const inTask = asksAlways ? "ask" : asking.length > 0 ? `allow; ask with ${listOf(asking)}` : "allow";
  const inMain = effect === "reads" ? inTask : lists ? "lists only" : "deny";
  return [listOf([name]), inTask, inMain, describeOptions(options)];
}

function programRow([name, options]: [string, OptionTable]): string[] {
  return [listOf([name]), describeOptions(options)];
}

const otherPrograms: Readonly<Record<string, OptionTable>> = {
  npm: packageManagers.npm.options,
  yarn: packageManagers.yarn.options,
  pnpm: packageManagers.pnpm.options,
  pytest: pytestOptions,
  node: nodeOptions,
  codex: agents.codex.options,
  claude: agents.claude.options,
  opencode: agents.opencode.options,
  engine: engineOptions,
};

/** Option tables that others are built on, the largest first. */
const sets = [
  { name: "LOG", options: gitOptions.log },
  { name: "DIFF", options: gitOptions.diff },
];

function describeOptions(options: OptionTable): string {
  const names = namesIn(options);
  if (names.length === 0) return "none";
  const set = sets.find((it) => namesIn(it.options).every((name) => names.includes(name)));
  if (set === undefined) return listOf(names);
  const more = names.filter((name) => !namesIn(set.options).includes(name));
  return more.length === 0 ? set.name : `${set.name} ${listOf(more)}`;
}

function namesIn({ flags, optional, valued, text, joined, count }: OptionTable): string[] {
  return [
    ...flags,
    ...[...optional].map((name) => (name.startsWith("--") ? `${name}[=…]` : `${name}[…]`)),
    ...[...valued, ...text].map((name) => `${name} …`),
    ...[...joined].map((name) => `${name}=…`),
    ...(count ? ["-<number>"] : []),
  ];
}

function listOf(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(" ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
