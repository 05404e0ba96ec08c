import picomatch from "picomatch";
import type { Project } from "../core/config.ts";

/** Whether a job of this project may change a path. */
export function scopeOf({ allow, deny }: Pick<Project["scope"], "allow" | "deny">): (path: string) => boolean {
  const isAllowed = picomatch([...allow], { dot: true });
  // Where a disk does not tell case, `OPS/deploy.sh` is the file that `ops/**` denies.
  const isDenied = picomatch([...deny], { dot: true, nocase: true });
  return (path) => isAllowed(path) && !isDenied(path);
}
