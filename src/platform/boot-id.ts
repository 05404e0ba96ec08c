import { readFile } from "node:fs/promises";

/** What this start of the machine is called, or `undefined` where the system does not say: then nothing outlives one. */
export async function bootId(): Promise<string | undefined> {
  const text = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined);
  return text?.trim();
}
