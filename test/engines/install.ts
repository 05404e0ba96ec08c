import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The real coding CLIs, pinned to the versions their engines were written for. */
const pinned = [
  { name: "codex", package: "@openai/codex", version: "0.169.0" },
  { name: "claude", package: "@anthropic-ai/claude-code", version: "2.1.329", postinstall: "install.cjs" },
  { name: "opencode", package: "opencode-ai", version: "1.18.33", postinstall: "postinstall.mjs" },
] as const;

export type RealEngine = (typeof pinned)[number]["name"];

/** Of this checkout; git does not see it. */
export const cache = join(import.meta.dirname, "../../.cache/engines");

/** Where the program is, once `install` has run. */
export function realProgram(name: RealEngine): string {
  return join(folderOf(name), "node_modules/.bin", name);
}

/** Fetches from npm what is not in the cache yet: more than a gigabyte, so it says what it does. */
export async function install(): Promise<void> {
  for (const engine of pinned) {
    if (existsSync(realProgram(engine.name))) continue;
    process.stdout.write(`Fetching ${engine.package}@${engine.version} …\n`);
    await fetchInto(`${folderOf(engine.name)}.partial`, engine);
    await rename(`${folderOf(engine.name)}.partial`, folderOf(engine.name));
  }
}

function folderOf(name: RealEngine): string {
  const version = pinned.find((engine) => engine.name === name)?.version;
  return join(cache, `${name}-${version}`);
}

async function fetchInto(folder: string, engine: (typeof pinned)[number]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  await run(folder, ["npm", "install", "--no-save", "--no-audit", "--no-fund", `${engine.package}@${engine.version}`]);
  // npm may leave install scripts to be approved; run twice they do no harm.
  if ("postinstall" in engine) await run(join(folder, "node_modules", engine.package), ["node", engine.postinstall]);
}

async function run(cwd: string, [program = "", ...args]: string[]): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  const [exitCode] = await once(child, "exit");
  if (exitCode !== 0) throw new Error(`${program} ${args.join(" ")} ended with exit code ${exitCode}.`);
}

if (import.meta.main) await install();
