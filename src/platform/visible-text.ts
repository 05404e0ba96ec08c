import { stripVTControlCharacters } from "node:util";

/**
 * Output as a person, a model or a log may see it: what a terminal would act on is taken out, and what would be invisible
 * or change the direction of reading is spelled out, so that nobody approves another text than the one that is there.
 * (Trojan Source, CVE-2021-42574.) Redact after this, not only before: taking a colour out joins what it split.
 */
export function visibleText(text: string): string {
  return stripVTControlCharacters(text.replaceAll("\r\n", "\n")).replaceAll("\r", "\n").replace(unseen, spelledOut);
}

/** Controls but tab and newline, formats, lone surrogates, separators, fillers, and selectors but the two for emoji. */
const unseen = new RegExp(
  [
    "(?![\\n\\t])[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]",
    "[\\u{115F}\\u{1160}\\u{3164}\\u{FFA0}]",
    "[\\u{FE00}-\\u{FE0D}]",
    "[\\u{FFF0}-\\u{FFFB}\\u{E0000}-\\u{E0FFF}]",
  ].join("|"),
  "gu",
);

function spelledOut(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
