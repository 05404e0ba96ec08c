import type { HttpTrackerSubject } from "../../contract/tracker.ts";
import { readJiraDocument } from "./effects.ts";
import { JiraDocument } from "./jira-document.ts";
import { startJira } from "./jira-server.ts";
import { jiraAccountId, jiraId } from "./jira-shapes.ts";

export const jiraSubject: HttpTrackerSubject = {
  kind: "jira",
  states: { active: "To Do", other: "In Progress", terminal: "Done" },
  placed: (state) => ({ state }),
  idOf: jiraId,
  identifierOf: ({ number }) => `SHOP-${number}`,
  userIdOf: jiraAccountId,
  provider: (siteUrl) => ({ project: "SHOP", siteUrl, email: "ann@acme.example" }),
  start: startJira,
  read: ({ document }) => readJiraDocument(JiraDocument.parse(document)),
  asShown: (words) => words,
  labelsHaveCase: true,
  newestFirst: false,
  listsKnowBlockers: true,
  pageTwo: /search\/jql\?.*nextPageToken/,
  reading: /search\/jql/,
  manyIssues: 230,
  limits: [
    {
      name: "429 with an instant to wait for",
      reply: {
        status: 429,
        headers: { date: "Mon, 01 Jun 2026 12:00:00 GMT", "x-ratelimit-reset": "2026-06-01T12:00:30Z" },
        body: { errorMessages: ["Rate limit exceeded."] },
      },
      waitMs: 30_000,
    },
  ],
};
