import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface BareRepository {
  /** Folder to make; its parent exists. */
  readonly path: string;
  /** The git directory whose objects it borrows: the project's. */
  readonly borrowFrom: string;
  /** Full ref names and the commits they start at. */
  readonly refs: Readonly<Record<string, string>>;
  /** The ref that HEAD names. */
  readonly head: string;
}

/**
 * Makes a bare repository of its own that borrows another's objects: no remote, no hooks, no template, and no process.
 * The files are those of gitrepository-layout(5): HEAD, config, packed-refs, objects/info/alternates and two folders.
 */
export async function makeBareRepository({ path, borrowFrom, refs, head }: BareRepository): Promise<void> {
  await mkdir(path);
  await Promise.all([mkdir(join(path, "refs")), mkdir(join(path, "objects", "info"), { recursive: true })]);
  await Promise.all([
    writeFile(join(path, "HEAD"), `ref: ${head}\n`),
    writeFile(join(path, "config"), configuration(Object.values(refs))),
    setRefs({ path, refs }),
    writeFile(join(path, "objects", "info", "alternates"), `${join(borrowFrom, "objects")}\n`),
    // A shallow project has commits without parents; a borrower must know where history ends.
    copyFile(join(borrowFrom, "shallow"), join(path, "shallow")).catch(ignoreMissing),
  ]);
}

/** Gives a repository whose refs nobody else has touched these refs and no others. */
export async function setRefs({ path, refs }: Pick<BareRepository, "path" | "refs">): Promise<void> {
  await writeFile(join(path, "packed-refs"), packedRefs(refs));
}

function configuration(commits: readonly string[]): string {
  const isSha256 = commits.some((commit) => commit.length === 64);
  const format = isSha256 ? "\trepositoryformatversion = 1\n" : "\trepositoryformatversion = 0\n";
  const extension = isSha256 ? "[extensions]\n\tobjectformat = sha256\n" : "";
  return `[core]\n${format}\tfilemode = true\n\tbare = true\n\tlogallrefupdates = true\n${extension}`;
}

function packedRefs(refs: Readonly<Record<string, string>>): string {
  const lines = Object.keys(refs)
    .sort()
    .map((name) => `${refs[name]} ${name}\n`);
  return `# pack-refs with: peeled fully-peeled sorted \n${lines.join("")}`;
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
