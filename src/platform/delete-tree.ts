import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../core/error.ts";
import { searchPath } from "./child-environment.ts";
import { yieldToOthers } from "./process/patience.ts";

/** Before each try. A process that a crash left behind may still be writing there; it will not for long. */
const pausesMs = [0, 500, 3_000];

/**
 * Deletes a folder with all that is in it, by a process of its own and behind everything else that wants the processor: a
 * big tree would otherwise hold our event loop for seconds. Folders that somebody locked are unlocked first.
 */
export async function deleteTree(path: string): Promise<void> {
  for (const pauseMs of pausesMs) {
    await delay(pauseMs);
    if (await succeeds("rm", ["-rf", "--", path])) return;
    await succeeds("chmod", ["-R", "u+rwX", "--", path]);
  }
  throw new AppError("internal", `${path} could not be deleted. Delete it by hand; nothing uses it any more.`);
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(program, args, { env: { PATH: searchPath(process.env.PATH) }, stdio: "ignore" });
  yieldToOthers(child);
  const [exitCode] = await once(child, "close");
  return exitCode === 0;
}
