import { z } from "zod";

/**
 * Atlassian's document format as far as comments of ours may use it, after "Atlassian Document Format": a node of another
 * type, an empty text or an unknown attribute is refused, as Jira refuses a document that is none.
 */
const Text = z.strictObject({
  type: z.literal("text"),
  text: z.string().min(1),
  marks: z.array(z.strictObject({ type: z.enum(["code", "strong"]) })).optional(),
});
const Paragraph = z.strictObject({ type: z.literal("paragraph"), content: z.array(Text) });
const ListItem = z.strictObject({ type: z.literal("listItem"), content: z.array(Paragraph).min(1) });
const List = z.strictObject({ type: z.literal("bulletList"), content: z.array(ListItem).min(1) });
const Cell = z.strictObject({ type: z.enum(["tableHeader", "tableCell"]), content: z.array(Paragraph).min(1) });
const Row = z.strictObject({ type: z.literal("tableRow"), content: z.array(Cell).min(1) });
const Table = z.strictObject({ type: z.literal("table"), content: z.array(Row).min(1) });

export const JiraDocument = z.strictObject({
  type: z.literal("doc"),
  version: z.literal(1),
  content: z.array(z.discriminatedUnion("type", [Paragraph, List, Table])).min(1),
});
export type JiraDocument = z.infer<typeof JiraDocument>;

/** How version 2 of the API tells a document: as wiki markup. */
export function wikiOf({ content }: JiraDocument): string {
  return content.map(blockOf).join("\n\n");
}

function blockOf(block: JiraDocument["content"][number]): string {
  switch (block.type) {
    case "paragraph":
      return lineOf(block);
    case "bulletList":
      return block.content.map((item) => `* ${item.content.map(lineOf).join(" ")}`).join("\n");
    case "table":
      return block.content
        .map(({ content: cells }) => {
          const bar = cells[0]?.type === "tableHeader" ? "||" : "|";
          return `${bar}${cells.map((cell) => cell.content.map(lineOf).join(" ")).join(bar)}${bar}`;
        })
        .join("\n");
  }
}

function lineOf({ content }: z.infer<typeof Paragraph>): string {
  return content
    .map(({ text, marks = [] }) => {
      const escaped = text.replace(/[\\{}[\]|*_!]/g, "\\$&");
      if (marks.some(({ type }) => type === "code")) return `{{${escaped}}}`;
      return marks.some(({ type }) => type === "strong") ? `*${escaped}*` : escaped;
    })
    .join("");
}
