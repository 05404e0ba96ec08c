import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keys } from "../../src/core/queue.ts";
import { openApiDocument } from "../../src/http/openapi.ts";
import { operations } from "../../src/http/operations/all.ts";
import { jobIdOf } from "../../src/platform/job-desk.ts";
import { Announcement } from "../../src/platform/roster.ts";
import { type StoppableRedis, startStoppableRedis } from "../bot/support/stoppable-redis.ts";
import { homeId, live, story } from "../cli/support/scene.ts";
import { type Promised, promised, unlike } from "./support/document.ts";
import { type HttpScene, startHttpScene, token } from "./support/scene.ts";
import { fromGithub, fromLinear } from "./support/signed.ts";

test("OPS-09 docs/openapi.json is made of the schemas that read requests (node scripts/write-schemas.ts writes it)", async () => {
  const written: unknown = JSON.parse(await readFile(join(import.meta.dirname, "../../docs/openapi.json"), "utf8"));

  expect(written).toEqual(JSON.parse(JSON.stringify(openApiDocument(operations))));
});

/** A server that others reach; one that has heard too many wrong tokens; one whose Redis is away. */
let open: HttpScene;
let tired: HttpScene;
let lost: HttpScene;
let stoppable: StoppableRedis;
let jobId: string;
let endedId: string;
beforeAll(async () => {
  const http = { publicUrl: "https://chargehand.example.com" };
  stoppable = await startStoppableRedis();
  [open, tired, lost] = await Promise.all([
    startHttpScene({ http }),
    startHttpScene({ http }),
    startHttpScene({ http, redis: stoppable }),
  ]);
  jobId = await live(
    open.book,
    "r1",
    story.queued("Fix it", "r1"),
    ...story.working(),
    story.asksForCommand(jobIdOf("r1")),
  );
  endedId = await live(open.book, "r2", story.queued("Fix it", "r2"), { type: "blocked", reason: "It is." });
  await open.redis.set(keys.patch(jobId), "diff --git a/x b/x\n");
  await mkdir(join(open.home, "jobs", jobId), { recursive: true });
  await writeFile(join(open.home, "jobs", jobId, "report.md"), "# Report\n");
  for (let attempt = 0; attempt < 11; attempt += 1) await tired.request("/api/jobs", wrongToken);
  await stoppable.stops();
}, 120_000);
afterAll(async () => {
  await stoppable.starts();
  await Promise.all([open, tired, lost].map((scene) => scene[Symbol.asyncDispose]()));
  await stoppable[Symbol.asyncDispose]();
});

const wrongToken = { headers: { authorization: "Bearer wrong" } };
const approvalId = "c".repeat(22);
const json = { "content-type": "application/json" };
const bodies: Readonly<Record<string, unknown>> = {
  order: { text: "Fix it", project: "shop" },
  answerQuestion: { choice: "allow_once" },
};

/** A request that has what its operation wants, but for what is given here. */
function ask(scene: HttpScene, { operation, method, path }: Promised, changes: object = {}): Promise<Response> {
  const to = path
    .replace("{id}", path.includes("approvals") ? approvalId : jobId)
    .replace("{tracker}", path.includes("linear") ? "board" : "issues");
  if (path.startsWith("/webhook/")) {
    const payload = { action: "labeled", at: Math.random() };
    const signed = path.includes("linear") ? fromLinear(payload) : fromGithub(payload);
    return scene.request(to, { ...signed, ...changes });
  }
  const body = bodies[operation] === undefined ? undefined : JSON.stringify(bodies[operation]);
  const init = { method: method.toUpperCase(), ...(body && { body, headers: json }), ...changes };
  return scene.request(to, init);
}

/** How each status is brought about where an operation has no way of its own. */
const usual: Readonly<Record<number, (it: Promised) => Promise<Response>>> = {
  200: (it) => ask(open, it),
  202: (it) => ask(open, it),
  400: (it) =>
    it.method === "get"
      ? open.request(`${it.path.replace("{id}", jobId)}?cursor=nowhere`)
      : ask(open, it, { body: "{" }),
  // No server hears so many wrong tokens that it would tell their sender to wait.
  401: (it) =>
    it.path.startsWith("/webhook/")
      ? ask(open, it, { headers: {} })
      : ask(it.method === "get" ? lost : open, it, { headers: { ...json, ...wrongToken.headers } }),
  403: (it) => fromElsewhere(it),
  404: (it) => {
    const unknown = it.path.replace("{id}", "zzzzzzzz").replace("{tracker}", "toString");
    return open.request(unknown, {
      method: it.method.toUpperCase(),
      headers: json,
      ...(it.method === "post" && { body: "{}" }),
    });
  },
  413: (it) =>
    ask(open, it, {
      body: `"${"x".repeat(1_100_000)}"`,
      headers: { ...json, "x-hub-signature-256": "x", "linear-signature": "x" },
    }),
  415: (it) => ask(open, it, { headers: { "content-type": "text/plain" } }),
  422: (it) => ask(open, it, { body: "{}" }),
  429: (it) =>
    it.path.startsWith("/webhook/")
      ? ask(tired, it, { headers: {} })
      : ask(tired, it, { headers: { ...json, ...wrongToken.headers } }),
  503: (it) => ask(lost, it),
};

const special: Readonly<Record<string, (it: Promised) => Promise<Response>>> = {
  "order 409": async (it) => {
    const again = { headers: { ...json, "idempotency-key": "twice" } };
    await ask(open, it, again);
    return ask(open, it, { ...again, body: JSON.stringify({ text: "Break it", project: "shop" }) });
  },
  "followJob 204": () => open.request(`/api/jobs/${endedId}/events?cursor=99999999999999`),
  "cancelJob 409": () => open.post(`/api/jobs/${endedId}/cancel`, {}),
  "answerQuestion 409": async (it) => {
    await ask(open, it);
    return ask(open, it, { body: JSON.stringify({ choice: "deny" }) });
  },
  "wake-github 409": async (it) => {
    const delivery = fromGithub({ action: "labeled", twice: true });
    await ask(open, it, delivery);
    return ask(open, it, delivery);
  },
  "wake-linear 409": async (it) => {
    const delivery = fromLinear({ action: "update", twice: true });
    await ask(open, it, delivery);
    return ask(open, it, delivery);
  },
  "showHealth 200": async () => {
    const home = { id: homeId, path: open.home, projects: ["shop"] };
    await using _daemon = await Announcement.make(
      open.redis,
      home,
      pino({ enabled: false }),
      AbortSignal.timeout(30_000),
    );
    return await open.request("/health");
  },
};

test.each(promised)(
  "OPS-09 $method $path answers $status as the document says",
  async (it) => {
    const way = special[`${it.operation} ${it.status}`] ?? usual[it.status];
    expect(way, "a way to bring it about").toBeDefined();

    const response = await way?.(it);

    expect(response && (await unlike(it, response))).toBeUndefined();
  },
  30_000,
);

/** A request that names another host, as a page behind a rebound name does. */
async function fromElsewhere({ method, path }: Promised): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const options = { method: method.toUpperCase(), headers: { host: "evil.example", authorization: `Bearer ${token}` } };
  const asked = httpRequest(`${open.url}${path}`, options, async (answer) => {
    const chunks = await answer.toArray();
    const headers = { "content-type": answer.headers["content-type"] ?? "" };
    resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 0, headers }));
  });
  asked.on("error", reject).end();
  return promise;
}
