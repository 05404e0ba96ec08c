import type { JiraDocument } from "./jira-document.ts";

/** What a tracker made of a comment: what people read, and what it did besides showing it. */
export interface Reading {
  readonly shown: string;
  readonly effects: readonly string[];
}

/**
 * Reads Markdown as GitHub, GitLab and Linear do, as far as it has consequences: cells end at every bar that is not
 * escaped, also in code (GFM, "Tables"); code spans are delimited by runs of equal length (CommonMark, "Code spans");
 * whatever is left is looked through for all that any of the three acts upon.
 */
export function readMarkdown(body: string): Reading {
  const cells = body.split("\n").flatMap((line) => (line.startsWith("|") ? cellsOf(line) : [line]));
  const pieces = cells.map(withoutCode);
  const acted = pieces.flatMap(({ outside }) =>
    Object.entries(acting).flatMap(([name, pattern]) => (pattern.test(outside) ? [`${name}: ${outside}`] : [])),
  );
  return { shown: pieces.map(({ shown }) => shown).join("\n"), effects: acted };
}

const acting: Readonly<Record<string, RegExp>> = {
  mention: /(^|[^\w`])@\w/,
  reference: /(^|\W)([A-Za-z0-9._/-]*[#!&%$~]\d+|[A-Z][A-Z0-9]+-\d+)/,
  "quick action": /^\s*\/[a-z]/,
  markup: /<[/!?a-z]|!?\[[^\]]*\]|^\s*(#|>|```|~~~|===|:::)|\{[%+-]/i,
  address: /https?:|www\.|\w+@\w/i,
  label: /(^|\s)~["\w]/,
};

function cellsOf(row: string): string[] {
  return row
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== "");
}

function withoutCode(line: string): { shown: string; outside: string } {
  let rest = line;
  let shown = "";
  let outside = "";
  for (;;) {
    const opening = /`+/.exec(rest);
    if (opening === null) return { shown: shown + rest, outside: outside + rest };
    const [fence] = opening;
    const from = opening.index + fence.length;
    const closing = [...rest.slice(from).matchAll(/`+/g)].find(([run]) => run.length === fence.length);
    const before = rest.slice(0, opening.index);
    if (closing === undefined) {
      shown += before + fence;
      outside += before + fence;
      rest = rest.slice(from);
      continue;
    }
    shown += before + rest.slice(from, from + closing.index);
    outside += `${before}\u0000`;
    rest = rest.slice(from + closing.index + fence.length);
  }
}

/** Words inside of our code spans: nothing in them could end the span or the cell. */
export function asCode(words: string): string {
  return words.replaceAll("`", "'").replaceAll("|", "¦");
}

/** In a document only nodes act, and those that do are refused by its schema; a text that is no code may be linked. */
export function readJiraDocument({ content }: JiraDocument): Reading {
  const texts = [...textsIn(content)];
  const outside = texts.filter(({ isCode }) => !isCode).map(({ text }) => text);
  const effects = outside.flatMap((text) =>
    Object.entries(acting).flatMap(([name, pattern]) => (pattern.test(text) ? [`${name}: ${text}`] : [])),
  );
  return { shown: texts.map(({ text }) => text).join("\n"), effects };
}

interface Node {
  readonly type: string;
  readonly text?: string | undefined;
  readonly marks?: readonly { readonly type: string }[] | undefined;
  readonly content?: readonly Node[] | undefined;
}

function* textsIn(nodes: readonly Node[]): Generator<{ text: string; isCode: boolean }> {
  for (const { type, text = "", marks = [], content = [] } of nodes) {
    if (type === "text") yield { text, isCode: marks.some((mark) => mark.type === "code") };
    yield* textsIn(content);
  }
}
