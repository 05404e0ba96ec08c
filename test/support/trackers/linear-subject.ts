import type { HttpTrackerSubject } from "../../contract/tracker.ts";
import { asCode, readMarkdown } from "./effects.ts";
import { linearId } from "./linear-root.ts";
import { startLinear } from "./linear-server.ts";
import type { Call } from "./strict-server.ts";

function asks(operation: string) {
  return ({ body }: Call) => String((Object(body) as { query?: string }).query).startsWith(`query ${operation}(`);
}

const limited = { message: "Rate limit exceeded", extensions: { type: "ratelimited", code: "RATELIMITED" } };
const reset = {
  date: "Mon, 01 Jun 2026 12:00:00 GMT",
  "x-ratelimit-requests-reset": String(Date.UTC(2026, 5, 1, 12, 20)),
};

export const linearSubject: HttpTrackerSubject = {
  kind: "linear",
  states: { active: "Todo", other: "In Progress", terminal: "Done" },
  placed: (state) => ({ state }),
  idOf: ({ number }) => linearId("issue", number),
  identifierOf: ({ number }) => `SHOP-${number}`,
  userIdOf: ({ id }) => linearId("user", id),
  provider: (url) => ({ team: "SHOP", apiUrl: `${url}/graphql` }),
  start: startLinear,
  read: ({ body }) => readMarkdown(body),
  asShown: asCode,
  labelsHaveCase: false,
  newestFirst: true,
  listsKnowBlockers: true,
  pageTwo: (call) => asks("Issues")(call) && JSON.stringify(call.body).includes('"after"'),
  reading: (call) => asks("Issues")(call) || asks("LastTouched")(call),
  manyIssues: 120,
  limits: [
    {
      name: "400 that says RATELIMITED",
      reply: { status: 400, headers: reset, body: { errors: [limited] } },
      waitMs: 20 * 60_000,
    },
  ],
};
