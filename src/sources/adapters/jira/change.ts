import { z } from "zod";
import type { IssueChange } from "../../../core/tracker.ts";
import { TrackerError } from "../../../core/tracker.ts";
import { folded } from "../normalise.ts";
import type { JiraApi } from "./api.ts";

const Current = z.object({ fields: z.object({ status: z.object({ name: z.string() }), labels: z.array(z.string()) }) });
const Transitions = z.object({
  transitions: z.array(z.object({ id: z.string(), to: z.object({ name: z.string() }) })),
});

/** Changes only what is not so already: labels first, then the state, by whichever transition leads there. */
export async function changeIssue(
  { client }: JiraApi,
  path: string,
  change: IssueChange,
  signal: AbortSignal,
): Promise<void> {
  const { data } = await client.ask(Current, { path, query: { fields: "status,labels" } }, signal);
  const { status, labels } = data.fields;
  const add = (change.addLabels ?? []).map(asLabel).filter((name) => !labels.includes(name));
  // Jira tells cases apart, people do not: no spelling of a label that is to go stays.
  const named = (name: string) => labels.filter((label) => folded(label) === folded(name));
  const remove = (change.removeLabels ?? []).flatMap(named);
  const steps = [...add.map((label) => ({ add: label })), ...remove.map((label) => ({ remove: label }))];
  if (steps.length > 0) await client.send({ method: "PUT", path, body: { update: { labels: steps } } }, signal);
  if (change.state === undefined || folded(status.name) === folded(change.state)) return;
  const id = await transitionTo(client, path, change.state, signal);
  await client.send({ method: "POST", path: `${path}/transitions`, body: { transition: { id } } }, signal);
}

function asLabel(name: string): string {
  if (!/\s/.test(name.trim())) return name.trim();
  const sentence = `Jira's labels hold no spaces, so there is none called ${JSON.stringify(name)}.`;
  throw new TrackerError("invalid_tracker_config", `${sentence} Write it with a dash.`);
}

async function transitionTo(client: JiraApi["client"], path: string, state: string, signal: AbortSignal) {
  const { data } = await client.ask(Transitions, { path: `${path}/transitions` }, signal);
  const transition = data.transitions.find(({ to }) => folded(to.name) === folded(state));
  if (transition !== undefined) return transition.id;
  const reachable = data.transitions.map(({ to }) => to.name).join(", ") || "nowhere";
  const sentence = `In Jira no transition leads from here to ${JSON.stringify(state)}; they lead to ${reachable}.`;
  throw new TrackerError("invalid_tracker_config", `${sentence} Name one of these, or change the workflow.`);
}
