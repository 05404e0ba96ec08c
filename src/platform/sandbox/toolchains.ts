import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join, sep } from "node:path";
import { isInside } from "../is-inside.ts";

export interface Toolchains {
  /** Folders with the programs of a PATH and what those programs need beside them. */
  readonly readOnly: readonly string[];
  /** Files in them that hold credentials. */
  readonly hidden: readonly string[];
}

export interface ToolchainOptions {
  readonly path: string;
  /** Never shown as a whole, nor anything above them: a person's home, our own state, the projects. */
  readonly private: readonly string[];
}

/**
 * Where the operator's programs live outside /usr: version managers put them below the home, and a program needs the
 * package around its `bin`. Looks at the disk, so ask once and keep the answer.
 */
export function findToolchains({ path, private: secret }: ToolchainOptions): Toolchains {
  const guarded = secret.flatMap((folder) => [folder, ...sharedFolders.map((name) => join(folder, name))]);
  const entries = path.split(delimiter).filter((entry) => isReadableFolder(entry) && !isSystem(entry));
  const folders = entries.flatMap((entry) => [entry, packageOf(entry), ...linkedPackages(entry)]);
  const readOnly = outermost(folders.filter((folder) => !isSystem(folder) && !holdsAny(folder, guarded)));
  const hidden = readOnly.flatMap((folder) => credentialFiles.map((name) => join(folder, name))).filter(existsSync);
  return { readOnly, hidden };
}

/** Folders in a home that many programs share: their parts may be shown, they may not. */
const sharedFolders = [".local", ".local/share", ".config", ".cache", "Library"];

const credentialFiles = [
  ".env",
  ".netrc",
  ".npmrc",
  ".yarnrc.yml",
  "auth.json",
  "credentials",
  "credentials.json",
  "credentials.toml",
  "etc/npmrc",
];

/** `bin` and its like stand inside a package, which is shown; any other folder is shown for itself. */
function packageOf(folder: string): string {
  return ["bin", ".bin", "sbin", "shims"].includes(basename(folder)) ? dirname(folder) : folder;
}

/** A program is often only a link to where it was installed. */
function linkedPackages(entry: string): string[] {
  return readdirSync(entry, { withFileTypes: true })
    .filter((file) => file.isSymbolicLink())
    .map((file) => join(entry, file.name))
    .filter((link) => existsSync(link))
    .map((link) => packageOf(dirname(realpathSync(link))));
}

function isReadableFolder(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isSystem(folder: string): boolean {
  return ["/usr", "/bin", "/sbin", "/lib", "/lib64"].some((root) => isInside(folder, root));
}

/** Also true for `/`, `/opt` and other folders at the top, which hold anything. */
function holdsAny(folder: string, guarded: readonly string[]): boolean {
  return folder.split(sep).length < 3 || guarded.some((one) => isInside(one, folder));
}

function outermost(folders: readonly string[]): string[] {
  const all = [...new Set(folders)];
  return all.filter((folder) => !all.some((other) => other !== folder && isInside(folder, other))).sort();
}
