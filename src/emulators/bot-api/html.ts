import { badRequest } from "./api-error.ts";
import { linkProblem } from "./links.ts";
import type { FormattedText, MessageEntity } from "./wire.ts";

const entityTypes: Readonly<Record<string, string>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  "tg-spoiler": "spoiler",
  span: "spoiler",
  blockquote: "blockquote",
  pre: "pre",
  code: "code",
  a: "text_link",
};

interface OpenTag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly offset: number;
}

/**
 * Reads `parse_mode: "HTML"` as Telegram does: a handful of tags, strictly nested, and refusals that name the byte.
 * https://core.telegram.org/bots/api#html-style
 */
export function parseHtml(html: string): FormattedText {
  const open: OpenTag[] = [];
  const entities: MessageEntity[] = [];
  let text = "";
  let position = 0;
  while (position < html.length) {
    const markup = html.indexOf("<", position);
    const end = markup === -1 ? html.length : markup;
    text += decode(html.slice(position, end));
    position = end;
    if (markup === -1) break;
    if (html[markup + 1] === "/") {
      const closed = closeTag(html, markup, open.pop());
      position = closed.end;
      if (text.length > closed.tag.offset) addEntity(entities, closed.tag, text);
    } else {
      const opened = openTag(html, markup);
      position = opened.end;
      open.push({ ...opened, offset: text.length });
    }
  }
  const unclosed = open.at(-1);
  if (unclosed) throw unparsable(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
  return { text, entities: entities.map(withoutClass) };
}

function openTag(html: string, start: number): { name: string; attributes: Map<string, string>; end: number } {
  const at = `at byte offset ${byteOffset(html, start)}`;
  const name = /[^\s>]*/y;
  name.lastIndex = start + 1;
  const tag = (name.exec(html)?.[0] ?? "").toLowerCase();
  if (name.lastIndex >= html.length) throw unparsable(`Unclosed start tag ${at}`);
  if (!Object.hasOwn(entityTypes, tag)) throw unparsable(`Unsupported start tag "${tag}" ${at}`);

  const { attributes, end } = readAttributes(html, name.lastIndex, tag, at);
  if (tag === "span" && attributes.get("class") !== "tg-spoiler") {
    throw unparsable(`Tag "span" must have class "tg-spoiler" ${at}`);
  }
  return { name: tag, attributes, end };
}

/** One attribute: its name, and its value in quotes or as a bare word, if it has one. */
const attributePattern = /([^\s=>/"']*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.-]*)(?=[\s>]|$)))?/y;

function readAttributes(html: string, start: number, tag: string, at: string) {
  const attributes = new Map<string, string>();
  let position = start;
  for (;;) {
    position = skipSpace(html, position);
    if (html[position] === ">") return { attributes, end: position + 1 };
    attributePattern.lastIndex = position;
    const [whole = "", name = "", double, single, bare] = attributePattern.exec(html) ?? [];
    if (name === "") throw unparsable(`Empty attribute name in the tag "${tag}" ${at}`);
    position = skipSpace(html, position + whole.length);
    const value = double ?? single ?? bare?.toLowerCase();
    if (value === undefined && html[position] === "=") throw badValue(html, skipSpace(html, position + 1), tag, at);
    if (position >= html.length) throw unparsable(`Unclosed start tag ${value === undefined ? `"${tag}" ` : ""}${at}`);
    attributes.set(name, decode(value ?? ""));
  }
}

function badValue(html: string, start: number, tag: string, at: string): Error {
  if (start >= html.length) return unparsable(`Unclosed start tag "${tag}" ${at}`);
  if (html[start] === '"' || html[start] === "'") return unparsable(`Unclosed start tag ${at}`);
  return unparsable(`Unexpected end of name token at byte offset ${byteOffset(html, start)}`);
}

function closeTag(html: string, start: number, tag: OpenTag | undefined): { tag: OpenTag; end: number } {
  const offset = byteOffset(html, start);
  if (tag === undefined) throw unparsable(`Unexpected end tag at byte offset ${offset}`);
  const pattern = /<\/([^\s>]*)\s*(>?)/y;
  pattern.lastIndex = start;
  const [whole = "", name = "", bracket] = pattern.exec(html) ?? [];
  if (!bracket) throw unparsable(`Unclosed end tag at byte offset ${offset}`);
  const found = name.toLowerCase();
  if (found !== "" && found !== tag.name) {
    throw unparsable(`Unmatched end tag at byte offset ${offset}, expected "</${tag.name}>", found "</${found}>"`);
  }
  return { tag, end: start + whole.length };
}

/** Adds the entity of a tag that has just been closed. `<pre><code class="language-…">` is one entity. */
function addEntity(entities: MessageEntity[], { name, attributes, offset }: OpenTag, text: string): void {
  const length = text.length - offset;
  const inner = entities.at(-1);
  const wrapsInner = inner?.offset === offset && inner.length === length;
  const language = attributes.get("class")?.match(/^language-(.+)/)?.[1];
  if (name === "a") {
    const url = attributes.get("href") || text.slice(offset);
    if (linkProblem(url) === undefined) entities.push({ type: "text_link", offset, length, url });
  } else if (name === "pre" && wrapsInner && inner.type === "code" && inner.language) {
    entities.splice(-1, 1, { type: "pre", offset, length, language: inner.language });
  } else if (name === "code" && wrapsInner && inner.type === "pre" && language) {
    entities.splice(-1, 1, { type: "pre", offset, length, language });
  } else if (name === "blockquote" && attributes.has("expandable")) {
    entities.push({ type: "expandable_blockquote", offset, length });
  } else {
    entities.push({
      type: entityTypes[name] ?? name,
      offset,
      length,
      ...(name === "code" && language && { language }),
    });
  }
}

/** A language means something on `pre` alone. */
function withoutClass({ type, offset, length, url, language }: MessageEntity): MessageEntity {
  return { type, offset, length, ...(url && { url }), ...(type === "pre" && language && { language }) };
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** Four names and numbers; any other `&…;` stays as it was written. */
function decode(html: string): string {
  return html.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot)(?![A-Za-z]));?/gi,
    (whole, hex, decimal, name) => {
      if (name) return named[name] ?? whole;
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code < 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

function skipSpace(html: string, position: number): number {
  let next = position;
  while (/\s/.test(html.charAt(next))) next += 1;
  return next;
}

function byteOffset(html: string, position: number): number {
  return Buffer.byteLength(html.slice(0, position));
}

function unparsable(reason: string): Error {
  return badRequest(`Can't parse entities: ${reason}`);
}
