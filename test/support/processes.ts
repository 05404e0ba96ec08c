import { readFileSync } from "node:fs";

/** Whether a process runs. One that ended and was not yet fetched by its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, "latin1").split(")").at(-1) ?? "";
    return !/^ [ZX]/.test(afterName);
  } catch {
    return false;
  }
}
