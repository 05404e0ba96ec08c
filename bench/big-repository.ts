import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { gitIn } from "../test/support/project.ts";

/** Fills a folder with a repository of so many small files in folders of a hundred, all of it in one commit, checked out. */
export async function makeBigRepository(folder: string, fileCount: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  gitIn(folder, "init", "--quiet", "--initial-branch=main");
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const files = Array.from({ length: fileCount }, (_, index) => {
    const path = `src/part-${Math.floor(index / 1_000)}/group-${Math.floor(index / 100) % 10}/file-${index}.txt`;
    return `M 100644 inline ${path}\n${data(`This is file number ${index}.\n`.repeat(20))}`;
  });
  const header = `commit refs/heads/main\ncommitter Ann <ann@example.org> 1700000000 +0000\n${data("first")}`;
  execFileSync("git", ["fast-import", "--quiet"], { cwd: folder, input: `${header}${files.join("")}` });
  gitIn(folder, "reset", "--quiet", "--hard", "main");
}
