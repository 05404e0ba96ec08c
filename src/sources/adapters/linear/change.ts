import { z } from "zod";
import type { IssueChange } from "../../../core/tracker.ts";
import { TrackerError } from "../../../core/tracker.ts";
import { folded } from "../normalise.ts";
import type { LinearApi } from "./client.ts";
import { changeIssueDocument, createLabelDocument, issueForChangeDocument, labelsDocument } from "./documents.ts";

const Named = z.object({ id: z.string(), name: z.string() });
const named = z.object({ nodes: z.array(Named) });

const Current = z.object({
  issue: z.object({
    state: z.object({ id: z.string() }),
    labels: named,
    team: z.object({ id: z.string(), states: named }),
  }),
});
type Current = z.infer<typeof Current>["issue"];

const Changed = z.object({ issueUpdate: z.object({ success: z.literal(true) }) });

/** Changes only what is not so already, all at once. A label that the team does not know is made, as people's are. */
export async function changeIssue(api: LinearApi, id: string, change: IssueChange, signal: AbortSignal): Promise<void> {
  const { issue } = await api.ask(Current, issueForChangeDocument, { id }, signal);
  const stateId = change.state === undefined ? issue.state.id : stateNamed(change.state, issue);
  const has = (name: string) => issue.labels.nodes.find((label) => folded(label.name) === folded(name));
  const added: string[] = [];
  for (const name of change.addLabels ?? []) {
    if (has(name) === undefined) added.push(await labelId(api, name, issue.team.id, signal));
  }
  const removed = (change.removeLabels ?? []).flatMap((name) => has(name)?.id ?? []);
  const input = {
    ...(stateId !== issue.state.id && { stateId }),
    ...(added.length > 0 && { addedLabelIds: added }),
    ...(removed.length > 0 && { removedLabelIds: removed }),
  };
  if (Object.keys(input).length > 0) await api.ask(Changed, changeIssueDocument, { id, input }, signal);
}

function stateNamed(name: string, { team }: Current): string {
  const state = team.states.nodes.find((it) => folded(it.name) === folded(name));
  if (state !== undefined) return state.id;
  const known = team.states.nodes.map((it) => it.name).join(", ");
  const sentence = `The team in Linear has no state ${JSON.stringify(name)}. It has ${known}.`;
  throw new TrackerError("invalid_tracker_config", sentence);
}

const Labels = z.object({
  issueLabels: z.object({
    nodes: z.array(Named.extend({ team: z.object({ id: z.string() }).nullable() })),
  }),
});
const Created = z.object({
  issueLabelCreate: z.object({ success: z.literal(true), issueLabel: z.object({ id: z.string() }) }),
});

/** The team's own label, or the one that all teams have. */
async function labelId(api: LinearApi, name: string, teamId: string, signal: AbortSignal): Promise<string> {
  const filter = { name: { eqIgnoreCase: name.trim() } };
  const { issueLabels } = await api.ask(Labels, labelsDocument, { filter }, signal);
  const own = issueLabels.nodes.find(({ team }) => team?.id === teamId);
  const known = own ?? issueLabels.nodes.find(({ team }) => team === null);
  if (known !== undefined) return known.id;
  const input = { name: name.trim(), teamId };
  return (await api.ask(Created, createLabelDocument, { input }, signal)).issueLabelCreate.issueLabel.id;
}
