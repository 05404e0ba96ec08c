import { expect, test } from "vitest";
import { gitSubcommands } from "../../src/core/policy/git-table.ts";
import { programs } from "../../src/core/policy/programs.ts";
import { rules } from "../../src/core/policy/rules.ts";
import { policyTable } from "../../src/core/policy/table.ts";

const lines = policyTable().split("\n");

test("the table names every rule, every subcommand of git and every program with options", () => {
  const withoutTable = ["git", "ls", "cat", "pwd"];
  const wanted = [
    ...Object.keys(rules),
    ...Object.keys(gitSubcommands).map((name) => `\`${name}\``),
    ...Object.keys(programs)
      .filter((name) => !withoutTable.includes(name))
      .map((name) => `\`${name}\``),
  ];

  expect(wanted.filter((name) => !lines.some((line) => line.startsWith(`| ${name} |`)))).toEqual([]);
});

test("it says what a command may do where", () => {
  expect(lines).toContain(
    "| `reset` | allow; ask with `--hard` `--keep` `--merge` | deny | `--hard` `--soft` `--mixed` `--merge` `--keep` " +
      "`--quiet` `--no-refresh` `--intent-to-add` `-q` `-N` |",
  );
  expect(lines).toContain(
    "| `fetch` | ask | deny | `--prune` `--tags` `--no-tags` `--all` `--quiet` `--verbose` `--dry-run` `--heads` `--refs` `--no-recurse-submodules` `-p` `-q` `-v` `-t` `--depth …` `--deepen …` |",
  );
  expect(lines).toContain("| `show` | allow | allow | LOG |");
  expect(lines).toContain("| `rev-list` | allow | allow | LOG `--objects` |");
});

test("every row has as many cells as its head", () => {
  const tables = policyTable()
    .split("\n\n")
    .map((it) => it.split("\n").map((line) => line.split(" | ").length));

  expect(tables.filter((widths) => new Set(widths).size !== 1)).toEqual([]);
});
