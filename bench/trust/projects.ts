import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gitIn, writeFiles } from "../../test/support/project.ts";
import { heldOutForJournal, heldOutForShop } from "./held-out.ts";

/** One file as an engine leaves it. */
export interface Work {
  readonly path: string;
  readonly text: string;
}

/** A repository of `repositories/`, how Chargehand is told to work on it, and the task that engines get there. */
export interface TrustProject {
  readonly repository: "shop" | "journal" | "notes";
  /** Files that stand in this project's repository besides. */
  readonly overlay?: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Files of the folder with checks that no engine may see. */
  readonly heldOut?: Readonly<Record<string, string>>;
  /** Without this program the project's cases are left out, and that is said. */
  readonly needs?: string;
  /** The task done well. */
  readonly fix: Work;
  /** Done in a way that a test of the repository sees. */
  readonly broken: Work;
}

const scope = { deny: [".github/**", "ops/**", "*.lock"] };

const readPrice = (body: string): Work => ({
  path: "src/price.js",
  text: `/** Reads "12.50" as 1250 cents, and "1,250.00" as 125000; throws for anything that is no price. */
export function readPrice(text) {
${body}}

export function showPrice(cents) {
  return (cents / 100).toFixed(2);
}
`,
});

/** The body of \`readPrice\` for thousands with commas, with more lines of somebody's own before it. */
export const rightPrice = (before = ""): Work =>
  readPrice(`${before}  const match = /^(\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.(\\d{2}))?$/.exec(text.trim());
  if (match === null) throw new RangeError(\`"\${text}" is no price.\`);
  return Number(match[1].replaceAll(",", "")) * 100 + Number(match[2] ?? 0);
`);

/** Reads thousands, and takes whatever is no price for zero. */
export const sloppyPrice: Work = readPrice(`  const number = Number.parseFloat(text.replaceAll(",", ""));
  return Math.round((Number.isNaN(number) ? 0 : number) * 100);
`);

const shop: TrustProject = {
  repository: "shop",
  settings: { checks: { test: [{ label: "unit", cmd: "node --run test" }] }, scope },
  fix: rightPrice(),
  broken: sloppyPrice,
};

/** What somebody reported: a red test, on the base already. */
const reported = `import assert from "node:assert/strict";
import { test } from "node:test";
import { readPrice } from "../src/price.js";

test("a price with thousands is read", () => {
  assert.equal(readPrice("1,234.50"), 123450);
});
`;

const neverGreen = `import assert from "node:assert/strict";
import { test } from "node:test";
import { showPrice } from "../src/price.js";

test("a price is shown with thousands", () => {
  assert.equal(showPrice(123450), "1,234.50");
});
`;

const tags = (last: string): Work => ({
  path: "journal/tags.py",
  text: `"""The tags of an entry."""
import re

TAG = re.compile(r"#(\\w+)")


def tags_of(text):
    """The tags of a text, each once, in lower case, in the order in which they appear."""
    ${last}
`,
});

const slug = (last: string): Work => ({
  path: "lib/slug.sh",
  text: `# The name of a file for a title: small letters, digits and single dashes.
slug() {
  printf '%s' "$1" | tr 'A-Z ' 'a-z-' | ${last}
}
`,
});

const journal: TrustProject = {
  repository: "journal",
  settings: { checks: { test: [{ label: "unit", cmd: "python3 -m unittest" }] }, scope },
  needs: "python3",
  fix: tags("return list(dict.fromkeys(tag.lower() for tag in TAG.findall(text)))"),
  broken: tags("return sorted({tag.lower() for tag in TAG.findall(text)})"),
};

const table = {
  shop,
  /** The same with the task's own test on the base, red, and checks that nobody may see. */
  "shop-reported": { ...shop, overlay: { "test/reported.test.js": reported }, heldOut: heldOutForShop },
  /** The same with a red test that is nobody's task. */
  "shop-red": { ...shop, overlay: { "test/never-green.test.js": neverGreen } },
  /** The same with a dependency that a setup puts in place. */
  "shop-packages": {
    ...shop,
    settings: { ...shop.settings, setup: "sh ops/setup.sh" },
    overlay: {
      "ops/setup.sh": "mkdir -p node_modules/tiny-round && cp vendor/tiny-round/* node_modules/tiny-round/\n",
      "vendor/tiny-round/package.json": '{ "name": "tiny-round", "version": "1.0.0", "type": "module" }\n',
      "vendor/tiny-round/index.js": "export default Math.round;\n",
      "src/rounded.js": 'import round from "tiny-round";\n\nexport const rounded = (cents) => round(cents);\n',
      "test/rounded.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { rounded } from "../src/rounded.js";

test("half a cent is rounded up", () => {
  assert.equal(rounded(1.5), 2);
});
`,
    },
  },
  journal,
  /** The same with checks that nobody may see. */
  "journal-hidden": { ...journal, heldOut: heldOutForJournal },
  notes: {
    repository: "notes",
    settings: { checks: { test: [{ label: "unit", cmd: "sh test/run.sh" }] }, scope },
    fix: slug("tr -cd 'a-z0-9-' | tr -s '-'"),
    broken: slug("tr -cd 'a-z-' | tr -s '-'"),
  },
} as const satisfies Record<string, TrustProject>;

export type WorkedOn = keyof typeof table;
export const projects: Readonly<Record<WorkedOn, TrustProject>> = table;

/** Makes a project's folder, with its repository in `main/`. */
export async function makeTrustProject(name: WorkedOn, baseDir: string): Promise<void> {
  const { repository, overlay = {} } = projects[name];
  const main = join(baseDir, "main");
  await mkdir(main, { recursive: true });
  await cp(join(import.meta.dirname, "repositories", repository), main, { recursive: true });
  await writeFiles(main, overlay);
  gitIn(main, "init", "--quiet", "--initial-branch=main");
  gitIn(main, "add", "--all");
  gitIn(main, "commit", "--quiet", "--message", "As it was");
}

/** The tree of `main` with the task done well and nothing else. */
export async function honestTree(name: WorkedOn, main: string): Promise<string> {
  const { path, text } = projects[name].fix;
  const before = await readFile(join(main, path));
  await writeFiles(main, { [path]: text });
  gitIn(main, "add", path);
  const tree = gitIn(main, "write-tree");
  await writeFiles(main, { [path]: before.toString() });
  gitIn(main, "add", path);
  return tree;
}

/** Projects that need a program which this machine does not have. */
export function missingPrograms(
  cases: readonly { readonly project: WorkedOn }[],
): { project: WorkedOn; program: string }[] {
  return [...new Set(cases.map(({ project }) => project))].flatMap((project) => {
    const { needs } = projects[project];
    return needs !== undefined && spawnSync(needs, ["--version"]).status !== 0 ? [{ project, program: needs }] : [];
  });
}
