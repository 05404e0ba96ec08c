import type { CommentBlock, CommentLine, CommentPiece, CommentText } from "../../../core/tracker/comment-text.ts";

/** A node of Atlassian's document format. */
export interface DocumentNode {
  readonly type: string;
  readonly text?: string;
  readonly marks?: readonly { readonly type: "code" | "strong" }[];
  readonly content?: readonly DocumentNode[];
}

/**
 * A comment as a document of Atlassian's format, version 1. A text in it is a text: macros, mentions, links and images are
 * nodes of other types, which we never write, so there is nothing to escape.
 */
export function renderDocument(text: CommentText) {
  return { type: "doc", version: 1, content: text.map(block) };
}

function block(it: CommentBlock): DocumentNode {
  switch (it.type) {
    case "paragraph":
      return paragraph(it.line);
    case "list":
      return node(
        "bulletList",
        it.items.map((item) => node("listItem", [paragraph(item)])),
      );
    case "table":
      return node("table", [row("tableHeader", it.header), ...it.rows.map((cells) => row("tableCell", cells))]);
  }
}

function row(cell: "tableHeader" | "tableCell", cells: readonly CommentLine[]): DocumentNode {
  return node(
    "tableRow",
    cells.map((it) => node(cell, [paragraph(it)])),
  );
}

/** A text node is never empty; a paragraph may be. */
function paragraph(line: CommentLine): DocumentNode {
  return node("paragraph", line.filter((it) => it !== "").map(piece));
}

function piece(it: CommentPiece): DocumentNode {
  if (typeof it === "string") return { type: "text", text: it };
  return "strong" in it
    ? { type: "text", text: it.strong, marks: [{ type: "strong" }] }
    : { type: "text", text: it.quoted, marks: [{ type: "code" }] };
}

function node(type: string, content: readonly DocumentNode[]): DocumentNode {
  return { type, content };
}
