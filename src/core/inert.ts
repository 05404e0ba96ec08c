/**
 * Somebody else's words for a title of ours: on one line, and without what a forge acts on when it reads a commit,
 * mentions of people, references that close issues, and words that switch its checks off.
 */
export function inertTitle(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/@(?=\S)/g, "(at)")
    .replace(/\s*#(?=\d)/g, " no. ")
    .replace(/\b(GH|[A-Z][A-Z0-9]+)-(?=\d)/g, "$1 ")
    .replace(/\bhttps?:\/\//gi, "")
    .replace(/[[*<](?=\s*(?:skip|no|ci)\b)/gi, "(")
    .trim();
}
