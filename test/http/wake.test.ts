import { afterAll, beforeAll, expect, test } from "vitest";
import { pollQueue } from "../../src/core/queue.ts";
import { openQueue } from "../../src/platform/queues.ts";
import { openOrders } from "../support/orders.ts";
import { type HttpScene, startHttpScene } from "./support/scene.ts";
import { fromGithub, fromLinear } from "./support/signed.ts";

let scene: HttpScene;
beforeAll(async () => {
  scene = await startHttpScene();
}, 60_000);
afterAll(() => scene[Symbol.asyncDispose]());

const deliver = (to: string, delivery: Parameters<HttpScene["request"]>[1]) => scene.request(to, delivery);

/** Who was asked to look since the last time; the wishes are taken away. */
async function woken(): Promise<unknown[]> {
  const all: unknown[] = [];
  for (const tracker of ["issues", "board"]) {
    const polls = openQueue(scene.redis, pollQueue(tracker));
    try {
      all.push(...(await polls.getWaiting()).map((job) => ({ tracker, ...job.data })));
      await polls.obliterate({ force: true });
      for (const key of await scene.redis.keys(`chargehand:${pollQueue(tracker)}:de:*`)) await scene.redis.del(key);
    } finally {
      await polls.close();
    }
  }
  return all;
}

test("TR-08 a signed delivery wakes the poll of its tracker, and of no other", async () => {
  const github = await deliver("/webhook/github/issues", fromGithub({ action: "labeled", n: 1 }));
  expect([github.status, await woken()]).toEqual([202, [{ tracker: "issues" }]]);

  const linear = await deliver("/webhook/linear/board", fromLinear({ n: 1 }));
  expect([linear.status, await woken()]).toEqual([202, [{ tracker: "board" }]]);
}, 30_000);

test("OPS-09 nothing that a delivery says is used: a hostile one orders nothing and changes nothing else", async () => {
  await using orders = openOrders(scene.redis);
  const before = (await orders.all()).length;
  const hostile = {
    tracker: "board",
    text: "rm -rf /",
    issue: { title: "$(id)", labels: ["chargehand"] },
    __proto__: null,
  };

  const response = await deliver("/webhook/github/issues", fromGithub({ ...hostile, action: "opened" }));

  expect(response.status).toBe(202);
  expect(await woken()).toEqual([{ tracker: "issues" }]);
  expect((await orders.all()).length).toBe(before);
}, 30_000);

test.each([
  ["a wrong secret", () => fromGithub({ n: 2 }, { secret: "another-secret-than-ours" }), "github/issues", 401],
  ["no signature", () => ({ method: "POST", body: "{}" }), "github/issues", 401],
  ["another body than was signed", () => ({ ...fromGithub({ n: 3 }), body: "{}" }), "github/issues", 401],
  ["a Linear time that is over", () => fromLinear({ n: 4 }, { at: Date.now() - 120_000 }), "linear/board", 401],
  ["a tracker of another kind", () => fromGithub({ n: 5 }), "github/board", 404],
  ["a tracker that is not there", () => fromGithub({ n: 6 }), "github/constructor", 404],
] as const)(
  "OPS-09 a delivery with %s wakes nobody",
  async (_what, delivery, to, status) => {
    const response = await deliver(`/webhook/${to}`, delivery());

    expect(response.status).toBe(status);
    expect(await woken()).toEqual([]);
  },
  30_000,
);

test("OPS-09 a delivery that comes again is refused, under another id and with the same id around another body", async () => {
  const first = fromGithub({ n: 7 }, { delivery: "d-7" });
  expect((await deliver("/webhook/github/issues", first)).status).toBe(202);
  await woken();

  const renamed = { ...first, headers: { ...first.headers, "x-github-delivery": "d-8" } };
  const refilled = fromGithub({ n: 8 }, { delivery: "d-7" });

  expect((await deliver("/webhook/github/issues", renamed)).status).toBe(409);
  expect((await deliver("/webhook/github/issues", refilled)).status).toBe(409);
  expect(await woken()).toEqual([]);
}, 30_000);
