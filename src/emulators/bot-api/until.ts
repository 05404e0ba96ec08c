import { AppError } from "../../core/error.ts";
import type { Truthy, WaitOptions } from "./changes.ts";
import { transcript } from "./transcript.ts";
import type { World } from "./world.ts";

/** Waits until `look` finds something. It looks at once and on every change; in vain, the failure shows the chats. */
export async function until<T>(
  world: World,
  look: () => T,
  { timeoutMs = 30_000, signal }: Partial<WaitOptions> = {},
): Promise<Truthy<T>> {
  const found = await world.changes.waitFor(look, { timeoutMs, signal });
  if (found !== undefined) return found;
  throw new AppError("timeout", `Waited ${timeoutMs} ms in vain.\n${transcript(world)}`);
}
