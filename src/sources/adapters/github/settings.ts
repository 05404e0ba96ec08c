import { z } from "zod";
import type { TrackerConnection } from "../adapter.ts";
import { LabelWorkflow } from "../label-workflow.ts";
import { ApiUrl, Assignee, PriorityLabels, readProvider } from "../provider-settings.ts";

const GitHubProvider = z.strictObject({
  repository: z.string().regex(/^[A-Za-z0-9-]+\/(?!\.{1,2}$)[A-Za-z0-9._-]+$/, 'must be like "owner/name"'),
  apiUrl: ApiUrl.default("https://api.github.com"),
  assignee: Assignee.optional(),
  priorityLabels: PriorityLabels,
  /** What GitHub's list of issues can be asked for besides; never applied to an issue that is asked for by number. */
  queryFilter: z
    .strictObject({
      labels: z.array(
        z
          .string()
          .trim()
          .min(1)
          .regex(/^[^,]*$/, "must not hold a comma: GitHub cannot ask for it"),
      ),
      assignee: z.string().min(1),
      creator: z.string().min(1),
      milestone: z.string().min(1),
      type: z.string().min(1),
    })
    .partial()
    .default({}),
});

export type GitHubSettings = z.infer<typeof GitHubProvider> & {
  readonly owner: string;
  readonly repo: string;
  readonly workflow: LabelWorkflow;
};

export function readGitHubSettings(connection: TrackerConnection): GitHubSettings {
  const provider = readProvider("GitHub", GitHubProvider, connection.provider);
  const [owner = "", repo = ""] = provider.repository.split("/");
  return {
    ...provider,
    owner,
    repo,
    workflow: new LabelWorkflow({ open: "open", closed: "closed", labelsHaveCase: false }, connection),
  };
}
