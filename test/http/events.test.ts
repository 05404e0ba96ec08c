import { afterAll, beforeAll, expect, test } from "vitest";
import { keys } from "../../src/core/queue.ts";
import { live, story } from "../cli/support/scene.ts";
import { openStream } from "./support/event-stream.ts";
import { type HttpScene, startHttpScene } from "./support/scene.ts";

let scene: HttpScene;
beforeAll(async () => {
  scene = await startHttpScene();
}, 60_000);
afterAll(() => scene[Symbol.asyncDispose]());

/** Lets a job make steps, each with a name of its own. */
async function steps(jobId: string, from: number, to: number): Promise<void> {
  for (let step = from; step <= to; step += 1) {
    await scene.book.record(jobId, { type: "step_started", stepId: `${step}`, label: `step ${step}` });
  }
}

test("DU-13 a job's events come from its beginning, in order, until it has ended; then there is nothing to come back for", async () => {
  const jobId = await live(scene.book, "whole", story.queued("Fix it", "whole"), ...story.working());
  await using stream = await openStream(scene, `/api/jobs/${jobId}/events`);
  await stream.until(({ entry }) => entry.event.type === "step_finished");

  await scene.book.record(jobId, { type: "blocked", reason: "It is." });
  await stream.end();

  expect(stream.events.map(({ entry }) => entry.sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  const again = await scene.request(`/api/jobs/${jobId}/events`, {
    headers: { "last-event-id": stream.events.at(-1)?.id ?? "" },
  });
  expect(again.status).toBe(204);
}, 60_000);

test("DU-13 who comes back with the last id misses nothing and hears nothing twice, across a restart of the server", async () => {
  const jobId = await live(scene.book, "resumed", story.queued("Fix it", "resumed"));
  const first = await openStream(scene, "/api/events?cursor=0");
  await steps(jobId, 1, 20);
  const heard = await first.until(({ entry }) => entry.jobId === jobId && entry.sequence === 15);
  await first[Symbol.asyncDispose]();

  await scene.restart();
  await steps(jobId, 21, 30);
  await using second = await openStream(scene, "/api/events", { "last-event-id": heard.id });
  await second.until(({ entry }) => entry.jobId === jobId && entry.sequence === 31);

  const before = first.events.slice(0, first.events.indexOf(heard) + 1);
  const told = [...before, ...second.events].filter(({ entry }) => entry.jobId === jobId);
  expect(told.map(({ entry }) => entry.sequence)).toEqual(Array.from({ length: 31 }, (_, index) => index + 1));
}, 60_000);

test("DU-13 the stream of one job holds no other's events", async () => {
  const mine = await live(scene.book, "mine", story.queued("Mine", "mine"));
  const other = await live(scene.book, "other", story.queued("Other", "other"));
  await using stream = await openStream(scene, `/api/jobs/${mine}/events`);

  await steps(other, 1, 3);
  await steps(mine, 1, 1);
  await stream.until(({ entry }) => entry.event.type === "step_started");

  expect(new Set(stream.events.map(({ entry }) => entry.jobId))).toEqual(new Set([mine]));
}, 60_000);

test("DU-13 events that are no longer kept are told as a gap, not passed over in silence", async () => {
  const jobId = await live(scene.book, "cut", story.queued("Fix it", "cut"));
  const [oldest] = await scene.redis.xrange(keys.events, "-", "+", "COUNT", 1);
  await steps(jobId, 1, 5);
  await scene.redis.xtrim(keys.events, "MAXLEN", 2);
  await scene.restart();

  await using stream = await openStream(scene, `/api/events?cursor=${oldest?.[0]}`);
  await stream.until(({ entry }) => entry.jobId === jobId && entry.sequence === 6);

  expect(stream.gaps).toHaveLength(1);
}, 60_000);

test("OPS-09 secrets are taken out of what is streamed and shown", async () => {
  const secret = `ghp_${"aB3xY7kQ9mZ2pW5tR8vN4cJ6aB3xY7kQ9mZ2"}`;
  const jobId = await live(scene.book, "secret", story.queued(`Use ${secret}`, "secret"));
  await scene.redis.set(keys.patch(jobId), `+token = ${secret}\n`);
  await using stream = await openStream(scene, `/api/jobs/${jobId}/events`);
  const queued = await stream.until(({ entry }) => entry.event.type === "queued");

  const shown = await Promise.all(
    ["", "/patch"].map(async (path) => (await scene.request(`/api/jobs/${jobId}${path}`)).text()),
  );
  const listed = await (await scene.request("/api/jobs")).text();

  for (const text of [JSON.stringify(queued), listed, ...shown]) {
    expect(text).toMatch(/\[redacted:/);
    expect(text).not.toContain(secret);
  }
}, 60_000);
