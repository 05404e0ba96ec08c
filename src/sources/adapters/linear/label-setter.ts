import { z } from "zod";
import type { TrackerUser } from "../../../core/tracker.ts";
import { folded } from "../normalise.ts";
import { connectionOf, type LinearApi } from "./client.ts";
import { historyDocument } from "./documents.ts";
import { optionalUser, userOf } from "./record.ts";

const ids = z.array(z.string()).nullish();
const Entry = z.object({ createdAt: z.string(), actor: optionalUser, addedLabelIds: ids, removedLabelIds: ids });
const Labels = z.object({ nodes: z.array(z.object({ id: z.string(), name: z.string() })) });
const Answer = z.object({
  issue: z.object({ creator: optionalUser, labels: Labels, history: connectionOf(Entry) }),
});

/**
 * Who put a label on an issue last. The history knows labels by id, so a renamed label keeps its setter. A label that was
 * never added is on the issue since it was written: its author's.
 */
export async function labelSetter(
  api: LinearApi,
  issueId: string,
  name: string,
  signal: AbortSignal,
): Promise<TrackerUser | null> {
  let first: z.infer<typeof Answer>["issue"] | undefined;
  const question = {
    schema: Answer,
    document: historyDocument,
    list: ({ issue }: z.infer<typeof Answer>) => {
      first ??= issue;
      return issue.history;
    },
  };
  const entries = await api.askAll(question, { id: issueId }, signal);
  const label = first?.labels.nodes.find((it) => folded(it.name) === folded(name));
  if (label === undefined || first === undefined) return null;
  const touching = entries.filter((it) =>
    [it.addedLabelIds, it.removedLabelIds].some((all) => all?.includes(label.id)),
  );
  const last = touching.toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt)).at(-1);
  const setter = last === undefined ? first.creator : last.addedLabelIds?.includes(label.id) ? last.actor : null;
  return setter && userOf(setter);
}
