import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { attributesIn } from "../../src/daemon/attribute-rules.ts";
import { ignoreRulesIn } from "../../src/daemon/ignore-rules.ts";
import { entriesOf } from "../../src/daemon/tree-entries.ts";
import { gitIn, makeProject, never, temporaryFolder, writeFiles } from "../support/project.ts";

/** Folders whose names mean something to a pattern, or to whoever quotes one. */
const folders = ["plain", "a b", "[x]", 'say "so"', "back\\slash", "star*", "ques?tion", "plain/deeper"];

const ignores = [
  "# a comment",
  "*.log",
  "!keep.log",
  "/top",
  "build/",
  "cache/  ",
  "docs/*.tmp",
  "/docs/only",
  "\\#hash",
  "\\!bang",
  "blank\\ ",
  "two words",
  "a/**/z",
  "**/any",
  "[pq].txt",
  " leading",
];

const attributes = [
  "# text",
  "*.txt text eol=crlf",
  "/top text",
  "docs/*.md eol=lf",
  '"two words" ident',
  "bracket\\[1] filter=x",
  'quo"te text',
  "  indented -text",
  "*.bin binary",
  "[attr]macro text eol=lf",
  "amacro ident",
  "*.none !eol",
];

const names = [
  ...["#", "# a comment"],
  ...["x.log", "keep.log", "top", "sub/top", "build/x", "sub/build/x", "cache/x", "sub/cache/x", "docs/x.tmp"],
  ...[
    "docs/only",
    "sub/docs/only",
    "sub/docs/x.tmp",
    "#hash",
    "!bang",
    "blank ",
    "blank",
    "two words",
    "sub/two words",
  ],
  ...["a/z", "a/b/c/z", "sub/a/z", "sub/sub/any", "p.txt", "q.txt", "r.txt", " leading", "docs/x.md", "sub/docs/x.md"],
  ...["bracket[1]", "bracket\\[1]", 'quo"te', "indented", "x.bin", "amacro", "macro", "tmacro", "x.none", "x.bat"],
];
const paths = ["", ...folders.map((folder) => `${folder}/`)].flatMap((folder) => names.map((name) => folder + name));

interface Two {
  /** A checkout of the base, with its rules where they were written. */
  readonly main: string;
  readonly commit: string;
  /** A repository without any file of rules. */
  readonly bare: string;
}

async function withRules(file: string, texts: Readonly<Record<string, string>>, look: (two: Two) => Promise<void>) {
  await using folder = await temporaryFolder();
  const files = Object.entries(texts).map(([place, text]) => [join(place, file), text] as const);
  const { project, baseCommit } = await makeProject(join(folder.path, "shop"), Object.fromEntries(files));
  const bare = join(folder.path, "bare");
  gitIn(folder.path, "init", "--quiet", bare);
  await mkdir(join(bare, ".git", "info"), { recursive: true });
  await look({ main: project.mainPath, commit: baseCommit, bare });
}

/** What git itself says of each path. */
function asked(cwd: string, ...words: string[]): string[] {
  const input = paths.map((path) => `${path}\0`).join("");
  return execFileSync("git", [...words, "-z", "--stdin"], { cwd, input, encoding: "utf8", stdio: "pipe" }).split("\0");
}

test("GT-02 the ignore rules of the base mean the same as one list, whatever the folders they stand in are called", async () => {
  const nested = Object.fromEntries(folders.map((folder) => [folder, `${ignores.join("\n")}\n`]));
  const outer = "*.md\n*.txt\n/plain/x.log\n!top\n";
  await withRules(".gitignore", { ...nested, ".": `\uFEFF${outer}`, sub: "\uFEFF/top\r\n*.tmp\r\n" }, async (two) => {
    const rules = await ignoreRulesIn(await entriesOf(two.commit, { cwd: two.main }, never), { cwd: two.main }, never);
    await writeFile(join(two.bare, ".git", "info", "exclude"), rules);

    const ignored = asked(two.main, "check-ignore", "--no-index");

    expect(ignored.length).toBeGreaterThan(100);
    expect(asked(two.bare, "check-ignore", "--no-index")).toEqual(ignored);
  });
});

test("GT-02 the attributes of the base mean the same as one list, whatever the folders they stand in are called", async () => {
  const nested = Object.fromEntries(folders.map((folder) => [folder, `${attributes.join("\n")}\n`]));
  const outer = "*.txt eol=lf\n*.bat text eol=crlf\n[attr]tmacro ident\nplain/top -text\n";
  await withRules(".gitattributes", { ...nested, ".": `\uFEFF${outer}`, sub: "\uFEFF/top -text\r\n" }, async (two) => {
    const rules = await attributesIn(await entriesOf(two.commit, { cwd: two.main }, never), { cwd: two.main }, never);
    await writeFile(join(two.bare, ".git", "info", "attributes"), rules);
    const words = ["check-attr", "text", "eol", "ident", "filter"];

    const set = asked(two.main, ...words);

    expect(set.filter((value) => value === "crlf").length).toBeGreaterThan(20);
    expect(asked(two.bare, ...words)).toEqual(set);
  });
});

test("GT-02 a link in the place of a file of rules is none, as it is to git", async () => {
  await using folder = await temporaryFolder();
  const { project } = await makeProject(join(folder.path, "shop"), { a: "" });
  const main = project.mainPath;
  await writeFiles(main, { "sub/b": "" });
  for (const name of [".gitignore", ".gitattributes"]) await symlink("*.txt eol=crlf", join(main, "sub", name));
  gitIn(main, "add", "--all");
  gitIn(main, "commit", "--quiet", "--message", "links");
  const entries = await entriesOf("HEAD", { cwd: main }, never);

  expect(await ignoreRulesIn(entries, { cwd: main }, never)).toBe("");
  expect(await attributesIn(entries, { cwd: main }, never)).not.toContain("*.txt");
});
