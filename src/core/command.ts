/** A program and its arguments, as they will be started: no shell ever sees them. */
export type Argv = readonly [string, ...string[]];

/** Why a text is not one plain command. `rule` is one of T1–T5 of docs/security.md. */
export interface CommandFlaw {
  readonly rule: "T1" | "T2" | "T3" | "T4" | "T5";
  readonly reason: string;
  readonly advice: string;
}

export type ParsedCommand = { readonly ok: true; readonly argv: Argv } | ({ readonly ok: false } & CommandFlaw);

export const commandLimits = { length: 16_384, words: 128, blanks: 16 } as const;

/**
 * Reads one command the way a shell reads words, and refuses whatever a shell would do beyond that. Policy, approval,
 * spawn and log all use this argv, so there is no second reading to disagree with. `$` and backquote are plain text
 * inside double quotes: models write Markdown there, and nothing ever expands it.
 */
export function parseCommand(text: string): ParsedCommand {
  const flaw = flawOfText(text);
  if (flaw !== undefined) return { ok: false, ...flaw };

  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const blanks = countBlanks(text, at);
    if (blanks > commandLimits.blanks) return refuse("T1", "It is padded with a long run of blanks.", "Use one blank.");
    at += blanks;
    if (at === text.length) break;
    const word = readWord(text, at);
    if ("reason" in word) return { ok: false, ...word };
    words.push(word.text);
    if (words.length > commandLimits.words) return refuse("T1", "It has more than 128 words.", "Split the work up.");
    at = word.end;
  }

  const [program, ...rest] = words;
  if (program === undefined) return refuse("T1", "It is empty.", "Name a program and its arguments.");
  return { ok: true, argv: [program, ...rest] };
}

/** Writes an argv so that parseCommand reads the same argv back, for every argv that it can express at all. */
export function printCommand(argv: readonly string[]): string {
  return argv.map(quoteWord).join(" ");
}

function quoteWord(word: string): string {
  if (/^[\w@%+=:,./^-]+$/.test(word)) return word;
  if (!word.includes("'")) return `'${word}'`;
  return `"${word.replaceAll(/["\\]/g, "\\$&")}"`;
}

/**
 * Controls, and everything that draws nothing or turns the direction of reading. They are refused wherever they
 * stand: no approval could show them. U+2800 is a letter to Unicode and a blank to the eye.
 */
const unshowable =
  /(?!\t|\n|\uFE0E|\uFE0F)[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Noncharacter_Code_Point}\p{Zl}\p{Zp}\u{E0000}-\u{E0FFF}\uFFF0-\uFFFF\u2800]/u;

function flawOfText(text: string): CommandFlaw | undefined {
  if (text.length > commandLimits.length) {
    return flaw("T1", "It is longer than 16,384 characters.", "Put long instructions into a file in the worktree.");
  }
  if (!text.isWellFormed()) return flaw("T1", "It is not well-formed Unicode.", "Send whole characters.");
  const hidden = unshowable.exec(text)?.[0];
  if (hidden === undefined) return undefined;
  const name = `U+${hidden.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`;
  return flaw("T2", `It contains ${name}, which a reader cannot see.`, "Remove control and invisible characters.");
}

function countBlanks(text: string, start: number): number {
  let at = start;
  while (isBlank(text[at])) at += 1;
  return at - start;
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

interface Piece {
  readonly text: string;
  /** The index behind the piece. */
  readonly end: number;
}

function readWord(text: string, start: number): Piece | CommandFlaw {
  let word = "";
  // What stands outside quotes; each quoted piece leaves one `_`. Only this can hold shell syntax.
  let bare = "";
  let at = start;
  while (at < text.length && !isBlank(text[at])) {
    const quoted = readQuoted(text, at);
    if (quoted === undefined) {
      word += text[at];
      bare += text[at];
      at += 1;
      continue;
    }
    if ("reason" in quoted) return quoted;
    word += quoted.text;
    bare += "_";
    at = quoted.end;
  }
  return flawOfBareText(bare) ?? { text: word, end: at };
}

function readQuoted(text: string, start: number): Piece | CommandFlaw | undefined {
  switch (text[start]) {
    case "'":
      return readSingleQuoted(text, start);
    case '"':
      return readDoubleQuoted(text, start);
    case "\\":
      return readEscaped(text, start);
    default:
      return undefined;
  }
}

function readSingleQuoted(text: string, start: number): Piece | CommandFlaw {
  const close = text.indexOf("'", start + 1);
  return close === -1 ? unterminated : { text: text.slice(start + 1, close), end: close + 1 };
}

function readDoubleQuoted(text: string, start: number): Piece | CommandFlaw {
  let word = "";
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') return { text: word, end: at + 1 };
    if (character === "\\") {
      const next = text[at + 1] ?? "";
      if (next === "\n") return continuedLine;
      if (/["\\$`]/.test(next)) at += 1;
    }
    word += text[at];
  }
  return unterminated;
}

function readEscaped(text: string, start: number): Piece | CommandFlaw {
  const next = text[start + 1];
  if (next === undefined) return unterminated;
  if (next === "\n") return continuedLine;
  return wideBlank.test(next) ? flawOfWideBlank : { text: next, end: start + 2 };
}

const wideBlank = /(?! )\p{Zs}|\uFE0E|\uFE0F/u;

function flawOfBareText(bare: string): CommandFlaw | undefined {
  const syntax = shellSyntax.find(({ pattern }) => pattern.test(bare));
  if (syntax !== undefined) return flaw("T5", syntax.reason, syntax.advice);
  if (wideBlank.test(bare)) return flawOfWideBlank;
  return expandsBraces(bare) ? flaw("T5", "Braces would expand.", "Name each word, or quote the braces.") : undefined;
}

const shellSyntax = [
  { pattern: /\n/, reason: "It has a second line.", advice: "Send one command per call; quote text of several lines." },
  { pattern: /[;&]/, reason: "It joins commands.", advice: "Send one command per call; quote `;` and `&` in text." },
  { pattern: /\|/, reason: "It has a pipe.", advice: "Run the first command alone and read its output." },
  { pattern: /[<>]/, reason: "It redirects.", advice: "Output comes back to you; let an engine write files." },
  { pattern: /[()$`]/, reason: "It has shell syntax.", advice: "Nothing is expanded here: put such text in quotes." },
  {
    pattern: /[*?[]/,
    reason: "It has an open pattern.",
    advice: "Quote the pattern (git expands it) or name the files.",
  },
  { pattern: /^#/, reason: "A comment would hide its tail.", advice: "Quote a word that begins with #." },
  { pattern: /(?:^|[=:])~/, reason: "A home folder would expand.", advice: "Name paths relative to the worktree." },
];

/**
 * Whether bash could find `{a,b}` or `{1..3}` in these characters. Bash lets a stray `}` close an earlier brace
 * (`{a},b}` gives two words), so such a tail counts too.
 */
function expandsBraces(bare: string): boolean {
  const open: { separated: boolean }[] = [];
  let opened = false;
  let separated = false;
  for (const [part] of bare.matchAll(/[{},]|\.\./g)) {
    if (part === "{") {
      open.push({ separated: false });
      opened = true;
    } else if (part === "}") {
      if (open.pop()?.separated ?? separated) return true;
    } else if (opened) {
      separated = true;
      const innermost = open.at(-1);
      if (innermost !== undefined) innermost.separated = true;
    }
  }
  return false;
}

function flaw(rule: CommandFlaw["rule"], reason: string, advice: string): CommandFlaw {
  return { rule, reason, advice };
}

function refuse(rule: CommandFlaw["rule"], reason: string, advice: string): ParsedCommand {
  return { ok: false, ...flaw(rule, reason, advice) };
}

const unterminated = flaw("T4", "A quote or a backslash is left open.", "Close every quote; escape ' as '\\''.");
const continuedLine = flaw("T4", "A backslash continues the line.", "Write the command on one line.");
const flawOfWideBlank = flaw("T3", "It has a blank that is not a space.", "Use plain spaces, or quote the text.");
