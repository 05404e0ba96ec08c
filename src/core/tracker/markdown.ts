import type { CommentBlock, CommentLine, CommentPiece, CommentText } from "./comment-text.ts";

/**
 * A comment in the Markdown of GitHub, GitLab and Linear. What others wrote is code on a line that we began: there no
 * tracker reads markup, mentions, references, closing words or quick actions.
 */
export function renderMarkdown(text: CommentText): string {
  return text.map(block).join("\n\n").concat("\n");
}

function block(it: CommentBlock): string {
  switch (it.type) {
    case "paragraph":
      return line(it.line);
    case "list":
      return it.items.map((item) => `- ${line(item)}`).join("\n");
    case "table":
      return [it.header, it.header.map(() => ["---"]), ...it.rows].map(row).join("\n");
  }
}

function row(cells: readonly CommentLine[]): string {
  return `| ${cells.map(line).join(" | ")} |`;
}

function line(pieces: CommentLine): string {
  return pieces.map(piece).join("");
}

function piece(it: CommentPiece): string {
  if (typeof it === "string") return it;
  return "strong" in it ? `**${it.strong}**` : code(it.quoted);
}

/**
 * Not one character in it can end it, for whatever reader: trackers differ in how they count backquotes and in whether
 * a table's cell ends inside of code.
 */
function code(text: string): string {
  const shown = text.replaceAll("`", "'").replaceAll("|", "¦");
  return shown.endsWith("\\") ? `\`${shown} \`` : `\`${shown}\``;
}
