import { expect, test } from "vitest";
import { type Origin, Submission } from "../../src/core/task.ts";

const order = (origin: Origin) => ({
  ...{ requestId: "1", jobId: "aaaa1111", project: "shop", text: "Fix it", submittedAt: "2026-11-28T10:00:00.000Z" },
  requestedBy: { kind: "terminal", id: "ann", name: "Ann" },
  validation: [{ label: "unit", cmd: "node --test" }],
  origin,
});
const issue = { tracker: "main", issueId: "1", identifier: "A-1", snapshot: "0".repeat(64) };

test.each<[string, Origin, boolean]>([
  ["the terminal", { type: "terminal" }, true],
  ["HTTP with a bearer", { type: "http" }, true],
  ["a chat", { type: "telegram", chatId: 1, messageId: 1 }, false],
  ["an agent over MCP", { type: "mcp" }, false],
  ["a list of tasks", { type: "list" }, false],
  ["a tracker", { type: "tracker", ...issue }, false],
])("GT-05 checks that come with an order from %s: %s", (_from, origin, isTaken) => {
  const read = Submission.safeParse(order(origin));

  expect(read.success).toBe(isTaken);
  expect(Submission.safeParse({ ...order(origin), validation: undefined }).success).toBe(true);
});
