import { openSync, readdirSync, readFileSync } from "node:fs";
import { devNull } from "node:os";

let leaked: readonly number[] | undefined;
let nothing: number | undefined;

/**
 * For the `stdio` of a child, from `first` on: what the shell or service manager that started us left open would be inherited
 * by every command, and bubblewrap hands it on as well. In the child it is covered by nothing. Closing it here instead
 * would race with whoever uses it in another thread.
 */
export function coveredFiles(first: number): ("ignore" | number)[] {
  leaked ??= process.platform === "linux" ? inheritableFiles() : [];
  const last = leaked.at(-1) ?? 0;
  if (last < first) return [];
  nothing ??= openSync(devNull, "r+");
  const covered = new Set(leaked);
  const files = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return files.map((fd) => (covered.has(fd) ? (nothing ?? "ignore") : "ignore"));
}

/** Node opens everything so that it is closed on exec; what is not was there before. In ascending order. */
function inheritableFiles(): number[] {
  const open = readdirSync("/proc/self/fdinfo").map(Number);
  return open.filter((fd) => fd > 2 && isInheritable(fd)).sort((a, b) => a - b);
}

function isInheritable(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    return false; // The one that listed the folder.
  }
}

/** O_CLOEXEC of Linux, which Node does not name. */
const closeOnExec = 0o2000000;
