import { quote } from "../command-display.ts";
import { deny, type Outcome } from "./outcome.ts";

const stayInside = "Name a path relative to the worktree; another worktree is reached by the worktree parameter.";

/** P1: a path that leaves the worktree or enters git's own folder, judged by its text alone. */
export function flawOfPath(path: string): Outcome | undefined {
  const flaw = describeFlaw(path);
  return flaw === undefined ? undefined : deny("P1", `${quote(path)} ${flaw}.`, stayInside);
}

function describeFlaw(path: string): string | undefined {
  if (path === "") return "is not a path";
  if (/^(?!-)[\p{Pd}\u2212]/u.test(path)) return "begins with a dash that is none";
  if (path.startsWith("/")) return "is absolute";
  if (path.startsWith("~")) return "names a home folder";
  if (path.includes("\\")) return "contains a backslash";
  if (/^[A-Za-z]:|^[A-Za-z][A-Za-z0-9+.-]*:\/\/|^(data|file|node):/i.test(path)) return "names a drive or a URL";
  if (leaves(path)) return "leaves the worktree";
  return path.split("/").some(isGitFolder) ? "enters git's own folder" : undefined;
}

function leaves(path: string): boolean {
  let depth = 0;
  for (const component of path.split("/")) {
    if (component === "..") depth -= 1;
    else if (component !== "" && component !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

/** `.git` in any case, and the other names by which some file systems find it. */
function isGitFolder(component: string): boolean {
  return /^(\.git[. ]*|git~1)$/i.test(component);
}

const secretNames =
  /^(\.env|\.env\..*|\.npmrc|\.yarnrc|\.netrc|\.pypirc|\.git-credentials|credentials|credentials\.json|id_(rsa|dsa|ecdsa|ed25519)|.*\.(pem|key|p12|pfx)|\.ssh|\.aws|\.gnupg)$/i;
const templates = /^\.env\.(.*\.)?(example|sample|template|dist)$/i;

/** P2: a path with a component that is known to hold secrets. */
export function flawOfSecret(path: string): Outcome | undefined {
  const secret = path.split("/").find((component) => secretNames.test(component) && !templates.test(component));
  if (secret === undefined) return undefined;
  return deny("P2", `${quote(secret)} may hold secrets.`, "Work without it; a template such as .env.example is fine.");
}

/** P1 and P2, for what is read and shown. */
export function flawOfReadPath(path: string): Outcome | undefined {
  return flawOfPath(path) ?? flawOfSecret(path);
}

/** W1, as far as a name alone can tell: whoever starts the command looks at the disk too. */
export function isWorktreeName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && !name.includes("..");
}
