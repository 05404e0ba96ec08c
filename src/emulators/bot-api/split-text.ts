const maxTextLength = 4_096;

/** How an app sends a long paste: in pieces of at most 4096 UTF-16 units, broken at a line or a word if there is one. */
export function splitLongText(text: string): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > maxTextLength) {
    const end = breakingPoint(rest);
    parts.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...parts, rest];
}

function breakingPoint(text: string): number {
  const head = text.slice(0, maxTextLength);
  const blank = Math.max(head.lastIndexOf("\n"), head.lastIndexOf(" "));
  if (blank > maxTextLength / 2) return blank;
  const splitsSymbol = /[\uD800-\uDBFF]$/.test(head);
  return splitsSymbol ? maxTextLength - 1 : maxTextLength;
}
