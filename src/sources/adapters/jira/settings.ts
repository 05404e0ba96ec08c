import { z } from "zod";
import type { TrackerConnection } from "../adapter.ts";
import { folded } from "../normalise.ts";
import { ApiUrl, Assignee, readProvider } from "../provider-settings.ts";

const JiraProvider = z.strictObject({
  /** "https://acme.atlassian.net" */
  siteUrl: ApiUrl,
  /** The letters before the number of its issues: "SHOP". */
  project: z.string().regex(/^[A-Z][A-Z0-9_]{0,254}$/, 'must be the key of a project, like "SHOP"'),
  /** Whose API token it is. Without one the token is sent as a bearer's, as OAuth's are. */
  email: z.string().trim().min(1).optional(),
  assignee: Assignee.optional(),
  /** What the site's priorities are to us. */
  priorities: z
    .record(z.string().trim().toLowerCase().min(1), z.int().min(1))
    .default({ highest: 1, high: 2, medium: 3, low: 4, lowest: 5 }),
  /** JQL that an issue in a list must fit too; never applied to an issue that is asked for by id. */
  queryFilter: z
    .string()
    .trim()
    .refine((jql) => !/\border\s+by\b/i.test(jql), "must not order: leave ORDER BY out")
    .default(""),
});

export type JiraSettings = z.infer<typeof JiraProvider> & { readonly terminalStates: ReadonlySet<string> };

export function readJiraSettings(connection: TrackerConnection): JiraSettings {
  const provider = readProvider("Jira", JiraProvider, connection.provider);
  return { ...provider, terminalStates: new Set(connection.terminalStates.map(folded)) };
}
