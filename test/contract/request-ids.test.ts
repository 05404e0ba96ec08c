import { pino } from "pino";
import { expect, test } from "vitest";
import type { Person, Submission } from "../../src/core/task.ts";
import { createJobDesk } from "../../src/platform/job-desk.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { never } from "../support/project.ts";
import { startTestRedis } from "../support/redis.ts";

const kinds: readonly Person["kind"][] = ["telegram", "terminal", "http", "mcp", "schedule", "list", "tracker"];

function orderBy(kind: Person["kind"], requestId: string): Omit<Submission, "jobId" | "submittedAt"> {
  const requestedBy = { kind, id: "1", name: kind };
  return { requestId, project: "shop", text: `Asked by ${kind}`, requestedBy, origin: { type: "terminal" } };
}

test("IN-05 the same id from different doors is different jobs, and no door can spell another's", async () => {
  await using server = await startTestRedis();
  const redis = await connectRedis(server.target, pino({ enabled: false }), never);
  await using desk = createJobDesk(redis);
  const spelled = kinds.flatMap((kind) =>
    ["1-100", ...kinds.map((other) => `${other}-1-100`)].map((id) => orderBy(kind, id)),
  );

  const jobIds = await Promise.all(spelled.map((order) => desk.submit(order)));
  const again = await Promise.all(spelled.map((order) => desk.submit(order)));

  expect(new Set(jobIds).size).toBe(spelled.length);
  expect(again).toEqual(jobIds);
  redis.disconnect();
});

test("IN-05 a request with an id as long as may be is taken, and refused in its own words", async () => {
  await using server = await startTestRedis();
  const redis = await connectRedis(server.target, pino({ enabled: false }), never);
  await using desk = createJobDesk(redis);
  const order = orderBy("telegram", "x".repeat(200));

  await desk.submit(order);

  await expect(desk.submit({ ...order, text: "Something else" })).rejects.toThrow(
    `Request "${"x".repeat(200)}" is job`,
  );
  redis.disconnect();
});
