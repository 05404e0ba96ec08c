import { readdirSync, readFileSync } from "node:fs";

/** Whether a process runs. One that ended and was not yet fetched by its parent does not. */
export function isRunning(pid: number): boolean {
  return / [^ZX]/.test((read(pid, "stat").split(")").at(-1) ?? "").slice(0, 2));
}

/** The running processes with this text in their command line. */
export function runningWith(text: string): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => read(pid, "cmdline").includes(text) && isRunning(pid));
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
