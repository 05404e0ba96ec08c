/** Everything of a report that others wrote goes through these, so that it stays what it is: a quote, a cell, a line. */
export function section(title: string, lines: readonly string[]): string {
  return [`## ${title}`, "", ...lines].join("\n");
}

export function quoted(text: string): string {
  return text
    .trim()
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Inline code that no backquote inside it can end. */
export function code(text: string): string {
  const line = oneLine(text).replaceAll("|", "\\|");
  return line.includes("`") ? `\`\` ${line} \`\`` : `\`${line}\``;
}

export function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => oneLine(cell)).join(" | ")} |`;
}
