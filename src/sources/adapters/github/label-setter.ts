import { z } from "zod";
import type { TrackerUser } from "../../../core/tracker.ts";
import { folded } from "../normalise.ts";
import { readAnswer } from "../read-answer.ts";
import type { GitHubClient } from "./client.ts";
import { readList } from "./pages.ts";
import { GitHubUser, userOf } from "./record.ts";
import type { GitHubSettings } from "./settings.ts";

const Event = z.object({
  event: z.string(),
  actor: GitHubUser.nullable().catch(null),
  label: z.object({ name: z.string() }).optional().catch(undefined),
});

const Permission = z.object({ permission: z.string(), role_name: z.string().optional() });

/** Who labelled an issue last, with what they may do in the repository: an event, unlike a comment, does not tell. */
export async function labelSetter(
  client: GitHubClient,
  settings: GitHubSettings,
  issueNumber: number,
  label: string,
  signal: AbortSignal,
): Promise<TrackerUser | null> {
  const route = "/repos/{owner}/{repo}/issues/{issue_number}/events";
  const events = await readList(client, route, { issue_number: issueNumber }, signal);
  const last = readAnswer("GitHub", z.array(Event), events).findLast(
    (it) => /^(un)?labeled$/.test(it.event) && folded(it.label?.name ?? "") === folded(label),
  );
  if (last?.event !== "labeled" || last.actor === null) return null;
  return userOf(last.actor, await associationOf(client, settings, last.actor.login, signal));
}

async function associationOf(client: GitHubClient, { owner }: GitHubSettings, login: string, signal: AbortSignal) {
  if (folded(login) === folded(owner)) return "owner";
  const route = "/repos/{owner}/{repo}/collaborators/{username}/permission";
  const { status, data } = await client.get(route, { username: login }, signal, [403, 404]);
  if (status === 403) return null;
  if (status === 404) return "none";
  const { permission, role_name } = readAnswer("GitHub", Permission, data);
  return [permission, role_name].some((it) => it !== undefined && labellers.has(it)) ? "collaborator" : "none";
}

/** Those who may label other people's issues. Anybody may read a public repository. */
const labellers = new Set(["admin", "maintain", "write", "triage"]);
