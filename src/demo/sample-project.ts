import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../platform/git.ts";

/** The folder of the sample project: a small shop in `main/`, in git, with one test that fails. */
export async function makeSampleProject(folder: string, signal: AbortSignal): Promise<string> {
  const main = join(folder, "main");
  await mkdir(main, { recursive: true });
  await cp(join(import.meta.dirname, "shop"), main, { recursive: true });
  const inMain = (args: readonly string[]) => git(args, { cwd: main }, signal);
  await inMain(["init", "--quiet", "--initial-branch=main"]);
  await inMain(["config", "user.name", "Ann"]);
  await inMain(["config", "user.email", "ann@shop.example"]);
  await inMain(["add", "--all"]);
  await inMain(["commit", "--quiet", "--message", "A shop that adds up its baskets"]);
  return folder;
}

/** How the demo proves work on the shop: by the tests that come with it. */
export const sampleChecks = { test: [{ label: "unit", cmd: "node --test" }] };
