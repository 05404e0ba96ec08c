import { visible } from "./visible.ts";

/** A stretch of formatted text. `offset` and `length` count UTF-16 units: https://core.telegram.org/bots/api#messageentity */
export interface Entity {
  readonly type: "bold" | "italic" | "code" | "pre" | "blockquote" | "expandable_blockquote" | "text_link";
  readonly offset: number;
  readonly length: number;
  readonly language?: string | undefined;
  readonly url?: string | undefined;
}

/** Text with its formatting beside it: nothing in the text itself is ever read as markup. */
export interface RichText {
  readonly text: string;
  readonly entities: readonly Entity[];
}

/** What a text is put together from. A plain string may come from anybody: it is made harmless on the way in. */
export type Piece = string | RichText;

export function join(...pieces: readonly Piece[]): RichText {
  let text = "";
  const entities: Entity[] = [];
  for (const piece of pieces) {
    const part = typeof piece === "string" ? { text: visible(piece), entities: [] } : piece;
    for (const entity of part.entities) entities.push({ ...entity, offset: entity.offset + text.length });
    text += part.text;
  }
  return { text, entities };
}

/** One piece per line; what is left out by a condition leaves no empty line. */
export function lines(...pieces: readonly (Piece | undefined | false)[]): RichText {
  const present = pieces.filter((piece): piece is Piece => piece !== undefined && piece !== false);
  return join(...present.flatMap((piece, index) => (index === 0 ? [piece] : ["\n", piece])));
}

/** Paragraphs with an empty line between; an empty or absent one takes no room. */
export function paragraphs(...pieces: readonly (Piece | undefined | false)[]): RichText {
  const present = pieces.filter((piece): piece is Piece => !!piece && join(piece).text !== "");
  return lines(...present.flatMap((piece, index) => (index === 0 ? [piece] : ["", piece])));
}

export const bold = (piece: Piece) => wrap("bold", piece);
export const italic = (piece: Piece) => wrap("italic", piece);
export const code = (piece: Piece) => wrap("code", piece);
export const pre = (piece: Piece, language?: string) => wrap("pre", piece, language === undefined ? {} : { language });

/** A link, or plain code where Telegram would refuse the link and with it the whole message. */
export function link(piece: Piece, url: string | undefined): RichText {
  return url !== undefined && isLinkable(url) ? wrap("text_link", piece, { url }) : code(piece);
}

/** A host needs a dot, and an address of the machine itself leads nowhere on a phone. */
function isLinkable(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && text.length <= 1_000 && /^https?:$/.test(url.protocol) && /\.[a-z][a-z0-9-]*$/.test(url.hostname)
  );
}

/** Somebody else's words. Long ones fold themselves away. */
export function quote(piece: Piece): RichText {
  const { text } = join(piece);
  const isLong = text.length > 600 || text.split("\n").length > 8;
  return wrap(isLong ? "expandable_blockquote" : "blockquote", piece);
}

function wrap(type: Entity["type"], piece: Piece, more: Pick<Entity, "language" | "url"> = {}): RichText {
  const inner = join(piece);
  if (inner.text === "") return inner;
  const entity = { type, offset: 0, length: inner.text.length, ...more };
  return { text: inner.text, entities: [entity, ...inner.entities] };
}
