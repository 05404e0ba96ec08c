import { z } from "zod";
import type { TrackerConnection } from "../adapter.ts";
import { LabelWorkflow } from "../label-workflow.ts";
import { ApiUrl, Assignee, PriorityLabels, readProvider } from "../provider-settings.ts";

const GitLabProvider = z.strictObject({
  project: z.string().regex(/^(\d+|[\w.-]+(\/[\w.-]+)+)$/, 'must be a path like "group/project", or a number'),
  apiUrl: ApiUrl.default("https://gitlab.com/api/v4"),
  assignee: Assignee.optional(),
  priorityLabels: PriorityLabels,
  /** What GitLab's list of issues can be asked for besides; never applied to an issue that is asked for by number. */
  queryFilter: z
    .strictObject({
      labels: z.array(
        z
          .string()
          .trim()
          .min(1)
          .regex(/^[^,]*$/, "must not hold a comma: GitLab cannot ask for it"),
      ),
      assignee_username: z.string().min(1),
      author_username: z.string().min(1),
      milestone: z.string().min(1),
      issue_type: z.enum(["issue", "incident", "test_case", "task"]),
    })
    .partial()
    .default({}),
});

export type GitLabSettings = z.infer<typeof GitLabProvider> & { readonly workflow: LabelWorkflow };

export function readGitLabSettings(connection: TrackerConnection): GitLabSettings {
  const provider = readProvider("GitLab", GitLabProvider, connection.provider);
  // Source: GitLab's app/models/label.rb, where titles are compared as they are.
  const native = { open: "opened", closed: "closed", labelsHaveCase: true };
  return { ...provider, workflow: new LabelWorkflow(native, connection) };
}
