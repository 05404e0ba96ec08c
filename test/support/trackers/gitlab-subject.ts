import type { HttpTrackerSubject } from "../../contract/tracker.ts";
import { asCode, readMarkdown } from "./effects.ts";
import { startGitLab } from "./gitlab-server.ts";

export const gitlabSubject: HttpTrackerSubject = {
  kind: "gitlab",
  states: { active: "todo", other: "in progress", terminal: "closed" },
  placed: (state) => (state === "closed" ? { state } : { state: "opened", labels: [state] }),
  idOf: ({ number }) => String(number),
  identifierOf: ({ number }) => `GL-${number}`,
  userIdOf: ({ id }) => String(id),
  provider: (url) => ({ project: "acme/shop", apiUrl: `${url}/api/v4` }),
  start: startGitLab,
  read: ({ body }) => readMarkdown(body),
  asShown: asCode,
  labelsHaveCase: true,
  newestFirst: false,
  listsKnowBlockers: false,
  pageTwo: /\/issues\?.*[?&]page=2/,
  reading: /\/issues\?/,
  manyIssues: 230,
  limits: [
    {
      name: "429 with the instant at which the count begins anew",
      reply: {
        status: 429,
        headers: {
          date: "Mon, 01 Jun 2026 12:00:00 GMT",
          "ratelimit-reset": String(Date.UTC(2026, 5, 1, 12, 1) / 1_000),
        },
        body: "Retry later\n",
      },
      waitMs: 60_000,
    },
  ],
};
