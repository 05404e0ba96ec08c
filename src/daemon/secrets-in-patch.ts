import { shownPath } from "./worktree-files.ts";

/**
 * What a patch adds that looks like a secret: a sentence for each file, with the kind and never the value. A line that
 * the patch also removes somewhere was only moved.
 */
export function secretsIn(patch: string, redact: (text: string) => string): string[] {
  const files = patch.split(/^diff --git /m).slice(1);
  const removed = new Set(files.flatMap((file) => linesOf(file, "-")));
  return files.flatMap((file) => {
    const added = linesOf(file, "+")
      .filter((line) => !removed.has(line))
      .join("\n");
    const shown = redact(added);
    if (shown === added) return [];
    const kinds = new Set(Array.from(shown.matchAll(/\[redacted:([\w-]+)\]/g), ([, kind = "secret"]) => kind));
    return [`${shownPath(nameOf(file))} holds what looks like a secret (${[...kinds].join(", ")}). Take it out.`];
  });
}

/** Lines of one side, without the header above the first hunk. */
function linesOf(file: string, side: "+" | "-"): string[] {
  const start = file.search(/^@@ /m);
  if (start === -1) return [];
  return file
    .slice(start)
    .split("\n")
    .filter((line) => line.startsWith(side))
    .map((line) => line.slice(1));
}

function nameOf(file: string): string {
  return /^\+\+\+ "?(?:b\/)?(.*?)"?\t?$/m.exec(file)?.[1] ?? "a file";
}
