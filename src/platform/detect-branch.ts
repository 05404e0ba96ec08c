import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The branch that work is merged into where no file names it: `master` where that is checked out, and else `main`. Any
 * other may be checked out for a moment only, and has to be named.
 */
export function detectBranch(repository: string): "main" | "master" {
  try {
    const head = readFileSync(join(repository, ".git/HEAD"), "utf8");
    return head.trim() === "ref: refs/heads/master" ? "master" : "main";
  } catch {
    return "main";
  }
}
