import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Config } from "../../src/core/config.ts";
import { type OpenProject, openProject } from "../../src/daemon/projects.ts";

export const never = new AbortController().signal;

/** A folder of its own, removed at the end of the scope. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "chargehand-test-"));
  // A git that outlived a killed daemon may write for a moment longer.
  const patience = { maxRetries: 12, retryDelay: 100 };
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, ...patience }) };
}

/** Real git, as a person would use it, with an identity and nothing of this machine's configuration. */
export function gitIn(cwd: string, ...args: string[]): string {
  const env = {
    PATH: process.env.PATH,
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Ann",
    GIT_AUTHOR_EMAIL: "ann@example.org",
    GIT_COMMITTER_NAME: "Ann",
    GIT_COMMITTER_EMAIL: "ann@example.org",
  };
  return execFileSync("git", ["-c", "protocol.file.allow=always", ...args], {
    cwd,
    env,
    encoding: "utf8",
    stdio: "pipe",
  }).trim();
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A project with one commit on `main`: `<baseDir>/main` holds these files. */
export async function makeProject(
  baseDir: string,
  files: Readonly<Record<string, string>>,
  settings: Record<string, unknown> = {},
): Promise<{ project: OpenProject; config: Config; baseCommit: string }> {
  const main = join(baseDir, "main");
  await mkdir(main, { recursive: true });
  gitIn(main, "init", "--quiet", "--initial-branch=main");
  await writeFiles(main, files);
  gitIn(main, "add", "--all", "--force");
  gitIn(main, "commit", "--quiet", "--message", "first");
  const config = Config.parse({ projects: { shop: { baseDir, ...settings } } });
  return { project: await openProject(config, "shop", never), config, baseCommit: gitIn(main, "rev-parse", "HEAD") };
}

/** What people see in a project's base folder: what begins with a dot is ours. */
export async function visibleIn(baseDir: string): Promise<string[]> {
  return (await readdir(baseDir)).filter((name) => !name.startsWith(".")).toSorted();
}
