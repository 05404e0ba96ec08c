import { appendFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { ResourceUpdatedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LedgerEntry } from "../../src/core/event.ts";
import { JobState } from "../../src/core/job.ts";
import { Decision, keys, queueNames } from "../../src/core/queue.ts";
import { Queues } from "../../src/platform/queues.ts";
import { cli, homeId, live, type Scene, startScene, story, tree } from "../cli/support/scene.ts";
import { openOrders } from "../support/orders.ts";
import { connectMcp, type McpClient } from "./support.ts";

let scene: Scene;
let agent: McpClient;
beforeAll(async () => {
  scene = await startScene();
  await appendFile(join(scene.directory, "chargehand.yaml"), "access: { owners: [1001] }\n");
  agent = await connectMcp(scene);
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

async function decisionsAbout(...jobIds: readonly string[]): Promise<unknown[]> {
  await using queues = new Queues(scene.redis);
  const names = [queueNames.decisions(homeId), queueNames.intake("shop")];
  const entries = await Promise.all(names.map((name) => queues.of(name).getJobs()));
  const decisions = entries.flat().flatMap(({ data }) => Decision.safeParse(data).data ?? []);
  return decisions.filter(({ jobId }) => jobIds.includes(jobId));
}

const accepted = async (requestId: string) => {
  const jobId = await live(scene.book, requestId, story.queued("Fix it", requestId), ...story.working());
  for (const event of story.accepted(jobId).slice(0, -1)) await scene.book.record(jobId, event);
  await scene.book.record(jobId, story.asksForMerge(jobId, jobId.padEnd(22, "m")));
  return jobId;
};

test("OPS-07 the server says what it is, and each tool what it takes, gives and does", async () => {
  const { tools } = await agent.client.listTools();

  expect(agent.client.getServerVersion()).toMatchObject({ name: "chargehand", version: "0.1.0" });
  expect(agent.client.getInstructions()).toContain("before you believe anything");
  expect(tools.map(({ name }) => name)).toEqual(["submit", "status", "wait", "evidence", "approve", "cancel"]);
  for (const { name, description, inputSchema, outputSchema, annotations } of tools) {
    expect(description, name).toMatch(/\.$/);
    expect([inputSchema.type, outputSchema?.type], name).toEqual(["object", "object"]);
    expect(annotations?.readOnlyHint, name).toBe(["status", "wait", "evidence"].includes(name));
  }
});

test("OPS-07 IN-05 submit orders a job in the agent's name, once for each request, and shows it on the phone", async () => {
  await using orders = openOrders(scene.redis);
  const order = { text: "Fix the rounding", project: "shop", requestId: "first" };

  const [once, twice] = [await agent.call("submit", order), await agent.call("submit", order)];
  const other = await agent.call("submit", { ...order, text: "Break it" });

  expect(twice.value).toEqual(once.value);
  expect((await orders.all()).filter(({ requestId }) => requestId === "mcp-first")).toEqual([
    expect.objectContaining({
      text: "Fix the rounding",
      origin: { type: "mcp" },
      requestedBy: { kind: "mcp", id: String(userInfo().uid), name: `test-agent for ${userInfo().username}` },
      card: { chatId: 1001 },
    }),
  ]);
  expect(other).toMatchObject({ failed: true, words: expect.stringMatching(/^Request "first" is job .* already/) });
  const { jobId } = once.value as { jobId: string };
  expect((await agent.call("status", { jobId })).value).toMatchObject({ jobs: [{ jobId, status: "queued" }] });
});

test.each([
  ["submit", { text: "  ", project: "shop" }, /text/],
  ["submit", { text: "Fix it" }, /^Which project\? Name one of them: shop, blog\.$/],
  ["submit", { text: "Fix it", project: "shpo" }, /^No project is called "shpo"\. Configured: shop, blog\.$/],
  ["status", { jobId: "zzzzzzzz" }, /^There is no job "zzzzzzzz"\. The tool "status" lists the open ones\.$/],
  ["evidence", { jobId: "zzzzzzzz" }, /^There is no job "zzzzzzzz"/],
  ["cancel", { jobId: "zzzzzzzz" }, /^There is no job "zzzzzzzz"/],
  ["approve", { jobId: "zzzzzzzz", choice: "change" }, /^Say in advice what should be different\.$/],
  ["approve", { jobId: "zzzzzzzz", choice: "please" }, /choice/],
])("OPS-07 a mistake is answered in words: %s %o", async (tool, given, words) => {
  const result = await agent.call(tool, given);

  expect(result.failed).toBe(true);
  expect(result.words).toMatch(words);
});

test("OPS-07 evidence tells what was measured, and the agent's words only as a claim", async () => {
  const jobId = await accepted("evidence");
  await scene.redis.set(keys.patch(jobId), "--- a/a.txt\n+++ b/a.txt\n");

  const { value, failed } = await agent.call("evidence", { jobId: jobId.slice(0, 6) });

  expect(failed).toBe(false);
  expect(value).toMatchObject({
    jobId,
    claim: "All done.",
    candidate: { tree, paths: ["src/price.js"] },
    checks: [{ label: "unit", outcome: "passed", exitCode: 0 }],
    judgement: { verdict: "accept" },
    patch: "--- a/a.txt\n+++ b/a.txt\n",
    patchIsCut: false,
    folder: join(scene.directory, "home", "jobs", jobId),
  });
});

test("OPS-07 an agent may not approve: not a merge and not a command, unless the operator says so", async () => {
  const merging = await accepted("merging");
  const asking = await live(scene.book, "asking", story.queued("Fix it", "asking"), ...story.working());
  await scene.book.record(asking, story.asksForCommand(asking));

  const merge = await agent.call("approve", { jobId: merging, choice: "merge" });
  const allow = await agent.call("approve", { jobId: asking, choice: "allow_for_job" });
  const status = await agent.call("status", { jobId: merging });

  expect(merge).toMatchObject({
    failed: true,
    words: expect.stringMatching(/^A merge is not for an agent to approve here\./),
  });
  expect(allow).toMatchObject({
    failed: true,
    words: expect.stringMatching(/^A command is not .*mcp\.mayApprove: \[command\]/),
  });
  expect(status.value).toMatchObject({ jobs: [{ questions: [{ forAgents: ["discard", "change"] }] }] });
  expect(await decisionsAbout(merging, asking)).toEqual([]);
});

test("OPS-07 what lets nothing through an agent may always answer, and what the operator allows", async () => {
  const asking = await live(scene.book, "denied", story.queued("Fix it", "denied"), ...story.working());
  await scene.book.record(asking, story.asksForCommand(asking, "d".repeat(22)));
  const merging = await accepted("merged");
  await appendFile(join(scene.directory, "chargehand.yaml"), "mcp: { mayApprove: [merge] }\n");
  await using trusted = await connectMcp(scene);

  const denied = await agent.call("approve", { jobId: asking, choice: "deny", advice: "Leave the files alone." });
  const merged = await trusted.call("approve", { jobId: merging, choice: "merge" });

  expect([denied.words, denied.failed, merged.failed]).toEqual([expect.any(String), false, false]);
  expect(await decisionsAbout(asking, merging)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ jobId: asking, choice: "deny", advice: "Leave the files alone." }),
      expect.objectContaining({ jobId: merging, choice: "merge", by: expect.objectContaining({ kind: "mcp" }) }),
    ]),
  );
});

test("OPS-07 cancel records the wish, and an ended job is a conflict in words", async () => {
  const jobId = await live(scene.book, "open", story.queued("Fix it", "open"));
  const ended = await live(scene.book, "ended", story.queued("Fix it", "ended"), {
    type: "failed",
    code: "internal",
    reason: "It broke.",
  });

  expect((await agent.call("cancel", { jobId })).value).toEqual({ jobId, recorded: true });
  expect((await agent.call("cancel", { jobId: ended })).words).toContain("nothing to cancel");
  expect(await decisionsAbout(jobId, ended)).toEqual([expect.objectContaining({ type: "cancel", jobId })]);
});

test("OPS-07 an order that was cancelled before a daemon took it is open no more", async () => {
  const { jobId } = (await agent.call("submit", { text: "Take this back", project: "shop" })).value as {
    jobId: string;
  };
  await agent.call("cancel", { jobId });

  const open = (await agent.call("status", {})).value as { jobs: { jobId: string }[] };

  expect(open.jobs.map((job) => job.jobId)).not.toContain(jobId);
  expect((await agent.call("status", { jobId })).value).toMatchObject({ jobs: [{ jobId, status: "cancelled" }] });
});

test("OPS-07 state, plan, ledger and discipline are resources that can be listed, completed and read", async () => {
  const jobId = await accepted("resources");
  const { client } = agent;
  const read = async (uri: string) => {
    const [content] = (await client.readResource({ uri })).contents;
    return content !== undefined && "text" in content ? content.text : "";
  };

  const templates = (await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate);
  const listed = (await client.listResources()).resources.map(({ uri }) => uri);
  const ref = { type: "ref/resource", uri: "chargehand://jobs/{jobId}/ledger" } as const;
  const { completion } = await client.complete({ ref, argument: { name: "jobId", value: jobId.slice(0, 3) } });

  expect(templates).toEqual([
    "chargehand://jobs/{jobId}/state",
    "chargehand://jobs/{jobId}/plan",
    "chargehand://jobs/{jobId}/ledger",
    "chargehand://projects/{project}/discipline",
  ]);
  expect(listed).toEqual(
    expect.arrayContaining([`chargehand://jobs/${jobId}/state`, "chargehand://projects/shop/discipline"]),
  );
  expect(completion.values).toEqual([jobId]);
  expect(JobState.parse(JSON.parse(await read(`chargehand://jobs/${jobId}/state`))).id).toBe(jobId);
  expect(JSON.parse(await read(`chargehand://jobs/${jobId}/plan`))).toMatchObject({
    order: "Fix it",
    steps: [{ outcome: "ok" }],
  });
  const lines = (await read(`chargehand://jobs/${jobId}/ledger`)).trim().split("\n");
  expect(lines.map((line) => LedgerEntry.parse(JSON.parse(line)).sequence)).toEqual(lines.map((_, index) => index + 1));
  expect(await read("chargehand://projects/shop/discipline")).toContain("- unit (test): `node --test`");
  expect(await read("chargehand://projects/blog/discipline")).toContain(
    "There are none, so no change can be accepted.",
  );
  await expect(read("chargehand://jobs/zzzzzzzz/state")).rejects.toThrow(/There is no job "zzzzzzzz"/);
});

test("OPS-07 whoever subscribes to a job hears when it changes", async () => {
  const jobId = await live(scene.book, "watched", story.queued("Fix it", "watched"));
  const uri = `chargehand://jobs/${jobId}/state`;
  const heard = Promise.withResolvers<string>();
  agent.client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => heard.resolve(params.uri));
  await agent.client.subscribeResource({ uri });

  for (const event of story.working()) await scene.book.record(jobId, event);

  expect(await heard.promise).toBe(uri);
});

test("OPS-07 wait tells what happens and comes back when the job asks something, or when its time is over", async () => {
  const jobId = await live(scene.book, "awaited", story.queued("Fix it", "awaited"));
  const told: (string | undefined)[] = [];
  const begun = Promise.withResolvers<void>();
  const onprogress = ({ message }: { message?: string | undefined }) => {
    told.push(message);
    begun.resolve();
  };

  const early = await agent.call("wait", { jobId, timeoutSeconds: 1 });
  const waiting = agent.client.callTool({ name: "wait", arguments: { jobId } }, undefined, { onprogress });
  // Recorded until it is heard of: only then does the wait surely listen.
  const first = setInterval(() => {
    void scene.book.record(jobId, { type: "stage_started", stage: "run", iteration: 1 });
  }, 200);
  await begun.promise;
  clearInterval(first);
  await scene.book.record(jobId, story.asksForCommand(jobId));

  expect(early.value).toMatchObject({ rests: false, job: { status: "queued" } });
  expect((await waiting).structuredContent).toMatchObject({
    rests: true,
    job: { status: "awaiting_approval", questions: [{ subject: { argv: ["git", "clean", "-fd", "two words"] } }] },
  });
  expect(told).toContain("stage started");
});

test("OPS-07 nothing but the protocol is on stdout, and the server ends with its client", async () => {
  const server = execa(process.execPath, [cli, "mcp"], {
    cwd: scene.directory,
    env: scene.env,
    extendEnv: false,
    reject: false,
  });
  const clientInfo = { name: "raw", version: "1" };
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo };
  const messages = [
    { jsonrpc: "2.0", id: 1, method: "initialize", params },
    { jsonrpc: "2.0", method: "notifications/initialized" },
    { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "status", arguments: { jobId: "zzzzzzzz" } } },
  ];
  for (const message of messages) server.stdin?.write(`${JSON.stringify(message)}\nno protocol\n`);
  await new Promise<void>((resolve) => {
    let printed = "";
    server.stdout?.on("data", (chunk: Buffer) => {
      printed += chunk;
      if (printed.includes('"id":2')) resolve();
    });
  });

  server.stdin?.end();

  const { exitCode, stdout } = await server;
  expect(exitCode).toBe(0);
  for (const line of String(stdout).trim().split("\n")) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
});

test("OPS-07 while Redis is away a tool says so, and afterwards it works again", async () => {
  await scene.redis.config("SET", "maxclients", "1");
  await scene.redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

  const away = await agent.call("status");
  await scene.redis.config("SET", "maxclients", "1000");

  expect(away).toMatchObject({ failed: true });
  await expect.poll(async () => (await agent.call("status")).failed, { timeout: 30_000 }).toBe(false);
}, 60_000);
