import { agents, engineOptions } from "./agent-table.ts";
import { gitSubcommands } from "./git-table.ts";
import { nodeOptions } from "./node.ts";
import type { OptionTable } from "./options.ts";
import { packageManagers } from "./packages.ts";
import { pytestOptions } from "./pytest.ts";
import { rules } from "./rules.ts";

/** The whole policy as Markdown, for docs/security.md: the rules, git by subcommand, and the other programs. */
export function policyTable(): string {
  return [ruleTable(), gitTable(), programTable()].join("\n\n");
}

function ruleTable(): string {
  return table(
    ["rule", "verdict", "what it says"],
    Object.entries(rules).map(([id, { verdict, says }]) => [id, verdict, says]),
  );
}

function gitTable(): string {
  return table(
    ["git", "in a task worktree", "in main", "options"],
    Object.entries(gitSubcommands).map(([name, { effect, asks = [], options, lists, rule }]) => {
      const always = asks.some((it) => it.options === undefined) || rule === "G9";
      const some = asks.flatMap((it) => it.options?.split(" ") ?? []);
      const inTask = always ? "ask" : some.length > 0 ? `allow; ask with ${code(some)}` : "allow";
      const inMain = effect === "reads" ? inTask : lists ? "lists only" : "deny";
      return [code([name]), inTask, inMain, describeOptions(options)];
    }),
  );
}

function programTable(): string {
  const optionTables: Record<string, OptionTable> = {
    ...Object.fromEntries(Object.entries(packageManagers).map(([name, { options }]) => [name, options])),
    pytest: pytestOptions,
    node: nodeOptions,
    ...Object.fromEntries(Object.entries(agents).map(([name, { options }]) => [name, options])),
    engine: engineOptions,
  };
  return table(
    ["program", "options"],
    Object.entries(optionTables).map(([name, options]) => [code([name]), describeOptions(options)]),
  );
}

function describeOptions({ flags, optional, valued, text, joined, count }: OptionTable): string {
  const words = [
    ...flags,
    ...[...optional].map((name) => `${name}[=…]`),
    ...[...valued, ...text].map((name) => `${name} …`),
    ...[...joined].map((name) => `${name}=…`),
    ...(count ? ["-<number>"] : []),
  ];
  return words.length === 0 ? "none" : code(words);
}

function code(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(" ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
