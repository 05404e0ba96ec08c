import type { ChildProcess } from "node:child_process";
import { constants, setPriority } from "node:os";

/** Lets a child have the processor only when nobody else wants it: for work that no job waits for. */
export function yieldToOthers({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system does not let us: then it is only less polite.
  }
}
