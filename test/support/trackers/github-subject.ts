import type { HttpTrackerSubject } from "../../contract/tracker.ts";
import { asCode, readMarkdown } from "./effects.ts";
import { startGitHub } from "./github-server.ts";

/** Eight minutes after the server's own clock. */
const reset = {
  date: "Mon, 01 Jun 2026 12:00:00 GMT",
  "x-ratelimit-reset": String(Date.UTC(2026, 5, 1, 12, 8) / 1_000),
};

export const githubSubject: HttpTrackerSubject = {
  kind: "github",
  states: { active: "todo", other: "in progress", terminal: "closed" },
  placed: (state) => (state === "closed" ? { state } : { state: "open", labels: [state] }),
  idOf: ({ number }) => String(number),
  identifierOf: ({ number }) => `GH-${number}`,
  userIdOf: ({ id }) => String(id),
  provider: (apiUrl) => ({ repository: "acme/shop", apiUrl }),
  start: startGitHub,
  read: ({ body }) => readMarkdown(body),
  asShown: asCode,
  labelsHaveCase: false,
  newestFirst: false,
  listsKnowBlockers: true,
  pageTwo: /\/issues\?.*[?&]page=2/,
  reading: /^GET \/repos\/acme\/shop\/issues/,
  manyIssues: 230,
  limits: [
    {
      name: "403 with nothing left until an instant",
      reply: {
        status: 403,
        headers: { ...reset, "x-ratelimit-remaining": "0" },
        body: { message: "API rate limit exceeded" },
      },
      waitMs: 8 * 60_000,
    },
    {
      name: "403 that only says so (secondary limit)",
      reply: { status: 403, body: { message: "You have exceeded a secondary rate limit. Please wait." } },
      waitMs: 60_000,
    },
  ],
};
