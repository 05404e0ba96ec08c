import { z } from "zod";
import type { TrackerUser } from "../../../core/tracker.ts";
import type { JiraApi } from "./api.ts";
import { optionalUser, userOf } from "./record.ts";

const Current = z.object({ fields: z.object({ labels: z.array(z.string()), creator: optionalUser }) });
const Change = z.object({
  author: optionalUser,
  created: z.string(),
  items: z.array(z.object({ field: z.string(), fromString: z.string().nullish(), toString: z.string().nullish() })),
});

/**
 * Who put a label on an issue last, as the changelog tells: it holds all labels before and after each change, with spaces
 * between them. A label that no change has added is on the issue since it was written: its author's. In Jira "Bug" and
 * "bug" are two labels, so whoever set one of them has not set the other.
 */
export async function labelSetter(
  api: JiraApi,
  path: string,
  name: string,
  signal: AbortSignal,
): Promise<TrackerUser | null> {
  const { data } = await api.client.ask(Current, { path, query: { fields: "labels,creator" } }, signal);
  if (!data.fields.labels.includes(name)) return null;
  const changes = await api.list({ path: `${path}/changelog`, key: "values", item: Change }, signal);
  const last = changes
    .filter((change) => change.items.some((item) => item.field === "labels" && isSetOrTaken(item, name)))
    .toSorted((a, b) => Date.parse(a.created) - Date.parse(b.created))
    .at(-1);
  if (last === undefined) return data.fields.creator && userOf(data.fields.creator);
  // Taken off since the labels were read.
  if (!last.items.some((item) => item.field === "labels" && has(item.toString, name))) return null;
  return last.author && userOf(last.author);
}

function isSetOrTaken(item: z.infer<typeof Change>["items"][number], name: string): boolean {
  return has(item.fromString, name) !== has(item.toString, name);
}

function has(labels: string | null | undefined, name: string): boolean {
  return (labels ?? "").split(/\s+/).includes(name);
}
