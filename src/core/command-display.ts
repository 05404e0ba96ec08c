/**
 * One line for a person, in printable ASCII alone: every other character is spelled out, so that nothing in a command
 * can hide, turn round or forge the layout of the message that shows it.
 */
export function displayCommand(argv: readonly string[]): string {
  return describeArgv(argv).join(" ");
}

/** The same, one argument per line: how an approval shows a command. */
export function describeArgv(argv: readonly string[]): string[] {
  return argv.map(displayWord);
}

/** Reads what displayCommand or the joined lines of describeArgv show. It is how we know that they show everything. */
export function readDisplayed(text: string): string[] {
  return Array.from(text.matchAll(/"((?:[^"\\]|\\.)*)"|[^\s"]+/g), ([word, quoted]) =>
    quoted === undefined ? word : readEscapes(quoted),
  );
}

const briefLength = 60;

/** A word inside a sentence: quoted, shown the same way, and cut short when it is long. */
export function quote(word: string): string {
  const isLong = word.length > briefLength;
  return `"${escapeWord(isLong ? word.slice(0, briefLength) : word)}${isLong ? "..." : ""}"`;
}

function displayWord(word: string): string {
  if (/^[\w@%+=:,./^~{}-]+$/.test(word)) return word;
  return `"${escapeWord(word)}"`;
}

function escapeWord(word: string): string {
  return word.replaceAll(/["\\]|[^ -~]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

function readEscapes(text: string): string {
  return text.replaceAll(/\\(?:u\{([0-9a-f]+)\}|(.))/g, (_, codePoint: string | undefined, character: string) => {
    if (codePoint !== undefined) return String.fromCodePoint(Number.parseInt(codePoint, 16));
    return { n: "\n", t: "\t" }[character] ?? character;
  });
}
