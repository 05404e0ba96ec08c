import { afterAll, beforeAll, expect, test } from "vitest";
import { jobIdOf } from "../../src/platform/job-desk.ts";
import { live, story } from "../cli/support/scene.ts";
import { openOrders } from "../support/orders.ts";
import { decisionsIn, errorOf, type HttpScene, startHttpScene } from "./support/scene.ts";

let scene: HttpScene;
beforeAll(async () => {
  scene = await startHttpScene();
}, 60_000);
afterAll(() => scene[Symbol.asyncDispose]());

test("IN-03 POST /webhook orders a job, shown in the owner's chat, and says where to look at it at once", async () => {
  const response = await scene.post("/webhook", { task: "Fix the tax", project: "shop", requestId: "tax-1" });
  const { jobId, url } = (await response.json()) as { jobId: string; url: string };

  expect(response.status).toBe(202);
  expect(jobId).toBe(jobIdOf("http-tax-1"));
  const shown = await (await fetch(url)).json();
  expect(shown).toMatchObject({ status: "queued", submission: { text: "Fix the tax", card: { chatId: 1001 } } });
}, 30_000);

test("OPS-09 IN-03 checks that come with an order are part of it, and other checks make it another order", async () => {
  const order = (...validation: string[]) =>
    scene.post("/webhook", { text: "Fix the tax", project: "shop", requestId: "tax-checked", validation });
  const { url } = (await (await order("node --test tax.test.js")).json()) as { url: string };

  expect(await (await fetch(url)).json()).toMatchObject({
    submission: { validation: [{ label: "node --test tax.test.js", cmd: "node --test tax.test.js" }] },
  });
  expect((await order("node --test other.test.js")).status).toBe(409);
}, 30_000);

test("IN-03 an order that cannot be used is refused with every bad field by its name", async () => {
  const response = await scene.post("/webhook", { text: " ", project: "no/such", requestId: 5, urgent: true });

  expect(response.status).toBe(422);
  const paths = (await errorOf(response)).fields?.map(({ path }) => path);
  expect(paths?.toSorted()).toEqual(["project", "requestId", "text", "urgent"]);
}, 30_000);

test("IN-03 a project that is missing or not configured is told with those that are", async () => {
  for (const project of [undefined, "shpo"]) {
    const response = await scene.post("/webhook", { text: "Fix it", project });

    expect(response.status).toBe(422);
    expect((await errorOf(response)).fields).toEqual([
      { path: "project", message: expect.stringContaining("Configured: shop, blog.") },
    ]);
  }
}, 30_000);

test("IN-05 Idempotency-Key stands for the request id that the body has not, and other content is refused", async () => {
  const order = (text: string) =>
    scene.post("/webhook", { text, project: "shop" }, { headers: { "idempotency-key": "nightly" } });

  const [first, again, other] = [await order("Fix it"), await order("Fix it"), await order("Break it")];

  expect(await again.json()).toEqual(await first.json());
  expect(other.status).toBe(409);
  expect((await errorOf(other)).code).toBe("conflict");
}, 30_000);

test("IN-05 orders without an id are jobs of their own, however alike", async () => {
  const order = async () => (await scene.post("/webhook", { text: "Same words", project: "shop" })).json();

  expect(await order()).not.toEqual(await order());
}, 30_000);

test("IN-05 a thousand orders, a hundred at a time and each sent twice, are a thousand orders", async () => {
  await using orders = openOrders(scene.redis);
  const before = (await orders.all()).length;
  const order = async (index: number) =>
    (await scene.post("/webhook", { text: `Flood ${index}`, project: "shop", requestId: `flood-${index}` })).status;

  const statuses = new Set<number>();
  for (let from = 0; from < 1_000; from += 50) {
    const sent = Array.from({ length: 100 }, (_, index) => order(from + (index % 50)));
    for (const status of await Promise.all(sent)) statuses.add(status);
  }

  expect(statuses).toEqual(new Set([202]));
  expect((await orders.all()).length - before).toBe(1_000);
}, 120_000);

test("OPS-09 an answer to a question is recorded with who gave it; one that the question does not take is refused", async () => {
  const jobId = await live(scene.book, "asks", story.queued("Fix it", "asks"), story.asksForCommand(jobIdOf("asks")));
  const answer = (choice: string) => scene.post(`/api/approvals/${"c".repeat(22)}`, { choice });

  const [wrong, taken, other] = [await answer("merge"), await answer("allow_once"), await answer("deny")];

  expect([wrong.status, taken.status, other.status]).toEqual([422, 202, 409]);
  const by = { kind: "http", id: "token", name: "HTTP" };
  expect(await decisionsIn(scene.redis)).toContainEqual(
    expect.objectContaining({ type: "settle", jobId, choice: "allow_once", by }),
  );
}, 30_000);

test("OPS-09 jobs are listed newest first, filtered, page by page without one missing or double", async () => {
  for (let index = 0; index < 7; index += 1)
    await live(scene.book, `p${index}`, story.queued(`Page ${index}`, `p${index}`));
  await live(scene.book, "p3", { type: "blocked", reason: "It is." });

  const texts: string[] = [];
  let next: string | undefined;
  do {
    const query = new URLSearchParams({
      origin: "telegram",
      status: "queued",
      limit: "2",
      ...(next && { cursor: next }),
    });
    const page = (await (await scene.request(`/api/jobs?${query}`)).json()) as {
      jobs: { text: string }[];
      next?: string;
    };
    texts.push(...page.jobs.map(({ text }) => text));
    next = page.next;
  } while (next !== undefined);

  const pages = texts.filter((text) => text.startsWith("Page"));
  expect(pages).toEqual(["Page 6", "Page 5", "Page 4", "Page 2", "Page 1", "Page 0"]);
}, 30_000);
