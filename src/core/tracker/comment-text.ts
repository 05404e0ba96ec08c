/**
 * What we write into a tracker, before it has the tracker's own markup. Plain strings are our own sentences and figures;
 * whatever anybody else wrote is `quoted`: each markup shows it as it is, and never acts upon it.
 */
export type CommentText = readonly CommentBlock[];

export type CommentBlock =
  | { readonly type: "paragraph"; readonly line: CommentLine }
  | { readonly type: "list"; readonly items: readonly CommentLine[] }
  | {
      readonly type: "table";
      readonly header: readonly CommentLine[];
      readonly rows: readonly (readonly CommentLine[])[];
    };

export type CommentLine = readonly CommentPiece[];

/** A quoted piece is one visible line, and not empty. */
export type CommentPiece = string | { readonly strong: string } | { readonly quoted: string };
