import { z } from "zod";
import { statesOf, type TrackerConnection } from "../adapter.ts";
import { folded } from "../normalise.ts";
import { ApiUrl, Assignee, readProvider } from "../provider-settings.ts";

const LinearProvider = z.strictObject({
  /** The letters before the number of its issues: "ENG". */
  team: z.string().regex(/^[A-Za-z0-9]{1,10}$/, 'must be the key of a team, like "ENG"'),
  apiUrl: ApiUrl.default("https://api.linear.app/graphql"),
  assignee: Assignee.optional(),
  /** An IssueFilter of Linear's API; never applied to an issue that is asked for by id. */
  queryFilter: z.record(z.string(), z.json()).default({}),
});

export type LinearSettings = z.infer<typeof LinearProvider> & {
  /** As they are compared. */
  readonly terminalStates: ReadonlySet<string>;
  /** In the spelling of the configuration. */
  readonly states: readonly string[];
};

export function readLinearSettings(connection: TrackerConnection): LinearSettings {
  const provider = readProvider("Linear", LinearProvider, connection.provider);
  const terminalStates = new Set(connection.terminalStates.map(folded));
  return { ...provider, terminalStates, states: statesOf(connection) };
}
