import { setTimeout as delay } from "node:timers/promises";

/** Waits until something outside this process is so: a file, a ref, a key. A busy machine is slow, not wrong. */
export async function until<T>(
  look: () => T | Promise<T>,
  { timeoutMs = 60_000, what = look.toString() }: { timeoutMs?: number; what?: string | (() => string) } = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) {
      throw new Error(`Waited ${timeoutMs} ms in vain: ${typeof what === "string" ? what : what()}`);
    }
    await delay(20);
  }
}
