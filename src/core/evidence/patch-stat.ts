import type { DiffStat } from "../measurement.ts";

/**
 * What a patch says it changes, counted like `git diff --numstat --no-renames`: a rename is two files, and a file that
 * became a link, which a patch shows as two changes, is one.
 */
export function statOfPatch(patch: string): DiffStat & { readonly hasRenames: boolean } {
  const { headers, changed } = readLines(patch);
  const files = new Set(headers.filter((line) => line.startsWith("diff --git ")));
  const renames = headers.filter((line) => line.startsWith("rename from ")).length;
  const count = (mark: string) => changed.filter((line) => line.startsWith(mark)).length;
  return { files: files.size + renames, insertions: count("+"), deletions: count("-"), hasRenames: renames > 0 };
}

/** The lines between hunks, and those within: a line of a file may look like anything, so a hunk's own numbers count. */
function readLines(patch: string): { headers: string[]; changed: string[] } {
  const headers: string[] = [];
  const changed: string[] = [];
  const left = { old: 0, fresh: 0 };
  for (const line of patch.split("\n")) {
    if (left.old > 0 || left.fresh > 0) {
      changed.push(line);
      if (!/^[+\\]/.test(line)) left.old -= 1;
      if (!/^[-\\]/.test(line)) left.fresh -= 1;
      continue;
    }
    headers.push(line);
    const [, old = "1", fresh = "1"] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line) ?? ["", "0", "0"];
    left.old = Number(old);
    left.fresh = Number(fresh);
  }
  return { headers, changed };
}

/** Whether a patch is the one that was measured. Lines of renamed files, and of a patch with secrets taken out, differ. */
export function describes(patch: string, measured: DiffStat): boolean {
  const { hasRenames, ...stat } = statOfPatch(patch);
  if (isRedacted(patch)) return true;
  if (stat.files !== measured.files) return false;
  return hasRenames || (stat.insertions === measured.insertions && stat.deletions === measured.deletions);
}

export function isRedacted(text: string): boolean {
  return text.includes("[redacted:");
}
