import { createHash, randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import picomatch from "picomatch";
import { z } from "zod";
import { parseCommand } from "../core/command.ts";
import { AppError } from "../core/error.ts";
import { git, listed } from "../platform/git.ts";
import { writeAtomically } from "../platform/write-atomically.ts";
import { readUsed } from "./cache.ts";
import { type CheckPlace, type Dependency, inFreshCheckout, type Laboratory } from "./checks.ts";
import type { Change } from "./tree-changes.ts";

/** Where the dependencies of a tree are, or why there are none: what the setup printed. */
export type Prepared =
  | { readonly ok: true; readonly dependencies: readonly Dependency[] }
  | { readonly ok: false; readonly why: string };

/** A tree, beside the base it differs from in these paths. */
interface InstalledFor {
  readonly tree: string;
  readonly baseTree: string;
  readonly changes: readonly Pick<Change, "path">[];
}

/**
 * Has the dependencies of a tree at hand. They are installed once for the same lockfiles, setup and machine, and always
 * from the base's own files where those are the same: what an agent wrote never makes what another job uses.
 */
export async function prepareDependencies(
  laboratory: Laboratory,
  { tree, baseTree, changes }: InstalledFor,
  signal: AbortSignal,
): Promise<Prepared> {
  if (laboratory.project.setup === undefined) return { ok: true, dependencies: [] };
  const isBase = tree === baseTree || !changesDependencies(laboratory, { changes });
  const key = await (isBase ? keptKeyOf(laboratory, baseTree, signal) : keyOf(laboratory, tree, signal));
  if (isBase) {
    const shared = await keptOrInstalled(laboratory, baseTree, key, signal);
    if (typeof shared === "string") return { ok: false, why: shared };
    if (shared.isShared) return { ok: true, dependencies: shared.dependencies };
  }
  // What a setup builds from the sources, or from other lockfiles than the base's, belongs to one tree alone.
  const own = await keptOrInstalled(laboratory, tree, digest([key, tree]), signal);
  return typeof own === "string" ? { ok: false, why: own } : { ok: true, dependencies: own.dependencies };
}

/** A string is what a setup that failed printed. */
async function keptOrInstalled(
  laboratory: Laboratory,
  tree: string,
  key: string,
  signal: AbortSignal,
): Promise<Kept | string> {
  const folder = join(laboratory.cache, "dependencies", key);
  return (await readKept(folder)) ?? (await install(laboratory, tree, folder, signal));
}

/** Whether the work itself changed what the setup reads: then a setup that fails is the work's own failure. */
export function changesDependencies(
  { project }: Pick<Laboratory, "project">,
  { changes }: Pick<InstalledFor, "changes">,
): boolean {
  const isRead = inputsOf(project.setup);
  return changes.some(({ path }) => isRead(path));
}

const isInput = picomatch(
  [
    ...[
      "package.json",
      "package-lock.json",
      "npm-shrinkwrap.json",
      "yarn.lock",
      "pnpm-lock.yaml",
      "pnpm-workspace.yaml",
    ],
    ...["bun.lock", "bun.lockb", ".npmrc", ".yarnrc*", ".pnpmfile.*", ".node-version", ".nvmrc", "*.prisma"],
    ...[
      "requirements*.{txt,in}",
      "pyproject.toml",
      "setup.{py,cfg}",
      "{poetry,uv,pdm}.lock",
      "Pipfile*",
      ".python-version",
    ],
    ...["Cargo.{toml,lock}", "rust-toolchain*", "go.{mod,sum,work}", "Gemfile*", "*.gemspec", "composer.{json,lock}"],
  ].map((name) => `**/${name}`),
  { dot: true },
);

/** Lockfiles, manifests and what the setup names, with the command, the machine and its Node. */
async function keyOf({ files, project }: Laboratory, tree: string, signal: AbortSignal): Promise<string> {
  const listing = await git(["ls-tree", "-r", "-z", tree], { cwd: files.directory, gitDir: files.harness }, signal);
  const isRead = inputsOf(project.setup);
  const inputs = listing.split("\0").filter((row) => isRead(row.slice(row.indexOf("\t") + 1)));
  return digest([...circumstancesOf(project), ...inputs]);
}

/** The same for a base, which many jobs begin with: to list a big tree takes longer than all the rest. */
async function keptKeyOf(laboratory: Laboratory, baseTree: string, signal: AbortSignal): Promise<string> {
  const name = digest([...circumstancesOf(laboratory.project), baseTree]);
  const path = join(laboratory.cache, "dependency-keys", name);
  const kept = await readUsed(path);
  if (kept !== undefined && /^[0-9a-f]{64}$/.test(kept)) return kept;
  const key = await keyOf(laboratory, baseTree, signal);
  await writeAtomically(path, key, { flush: false });
  return key;
}

function circumstancesOf({ setup }: Laboratory["project"]): readonly (string | undefined)[] {
  return [setup, process.version, process.platform, process.arch];
}

function inputsOf(setup: string | undefined): (path: string) => boolean {
  const named = new Set(wordsOf(setup).map((word) => word.replace(/^(?:\.\/)+/, "")));
  return (path) => isInput(path) || named.has(path) || path.split("/").includes("patches");
}

function wordsOf(setup = ""): readonly string[] {
  const command = parseCommand(setup);
  return command.ok ? command.argv : [];
}

/** Runs the setup in a fresh checkout and keeps every folder that it made. */
async function install(
  laboratory: Laboratory,
  tree: string,
  target: string,
  signal: AbortSignal,
): Promise<Kept | string> {
  const { setup = "", setupNetwork } = laboratory.project;
  const network = setupNetwork === "open" ? setupNetwork : { hosts: setupNetwork };
  const parsed = parseCommand(setup);
  if (!parsed.ok) return parsed.reason;
  const work = async (place: CheckPlace): Promise<Kept | string> => {
    // Dependencies come from a registry, so here and only here there is a network.
    const ran = await laboratory.run({ argv: parsed.argv, place, network }, signal);
    if (ran.started === "broken")
      throw new AppError("sandbox-unavailable", `The setup could not be started. ${ran.tail}`);
    if (ran.exitCode !== 0) return ran.tail;
    return moveMade(await madeBy(laboratory, tree, place, signal), place, target);
  };
  return laboratory.step("setup", () => inFreshCheckout(laboratory, { tree, dependencies: [] }, work, signal), isKept);
}

function isKept(result: Kept | string): boolean {
  return typeof result !== "string";
}

/** What lies in a checkout that is not of its tree, outermost paths only. */
async function madeBy(
  { files }: Laboratory,
  tree: string,
  { checkout }: CheckPlace,
  signal: AbortSignal,
): Promise<string[]> {
  const indexFile = join(files.temporary, `index-${randomUUID()}`);
  const call = { cwd: checkout, gitDir: files.harness, workTree: checkout, indexFile };
  await git(["read-tree", tree], call, signal);
  return listed(await git(["ls-files", "-z", "--others", "--directory"], call, signal));
}

/** Folders that hold nothing but what others published. Whatever else a setup makes was built from the sources. */
const published = new Set(["node_modules", ".venv", "venv", "vendor", ".yarn", ".bundle"]);
/** Where tools keep notes below such a folder. */
const scratchNames: Readonly<Record<string, readonly string[]>> = {
  node_modules: [".cache", ".vite", ".vite-temp", ".vitest"],
};

async function moveMade(made: readonly string[], { checkout }: CheckPlace, target: string): Promise<Kept> {
  const unfinished = `${target}.${randomUUID()}`;
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  const folders = made.filter((path) => path.endsWith("/")).map((path) => path.slice(0, -1));
  const dependencies: Dependency[] = [];
  for (const [number, at] of folders.entries()) {
    const scratch = scratchNames[basename(at)] ?? [];
    await rename(join(checkout, at), join(unfinished, String(number)));
    await Promise.all(scratch.map((name) => mkdir(join(unfinished, String(number), name), { recursive: true })));
    dependencies.push({ from: join(target, String(number)), at, scratch });
  }
  const kept = { isShared: made.every((path) => path.endsWith("/") && published.has(basename(path))), dependencies };
  await writeFile(join(unfinished, "kept.json"), JSON.stringify(kept));
  await rename(unfinished, target).catch(async () => {
    // Another job was faster, with the same result.
    await rm(unfinished, { recursive: true, force: true });
  });
  return kept;
}

const Kept = z.object({
  /** Whether other trees with the same lockfiles may use it. */
  isShared: z.boolean(),
  dependencies: z.array(z.object({ from: z.string(), at: z.string(), scratch: z.array(z.string()).readonly() })),
});
type Kept = z.infer<typeof Kept>;

async function readKept(folder: string): Promise<Kept | undefined> {
  try {
    return Kept.parse(JSON.parse((await readUsed(join(folder, "kept.json"))) ?? ""));
  } catch {
    return undefined;
  }
}

function digest(parts: readonly (string | undefined)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
