import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { live, type Scene, startScene, story } from "../cli/support/scene.ts";
import { connectMcp, type McpClient } from "./support.ts";

const secret = "sk-known-to-the-installation-0123456789";
let scene: Scene;
let agent: McpClient;
beforeAll(async () => {
  scene = await startScene();
  agent = await connectMcp(scene, { OPENAI_API_KEY: secret });
}, 60_000);
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

test("OPS-07 a secret of the installation reaches no agent, whoever wrote it into a job", async () => {
  const jobId = await live(scene.book, "leaks", story.queued(`Use ${secret} to log in`, "leaks"), ...story.working());

  const status = await agent.call("status", { jobId });
  const views = await Promise.all(
    ["state", "plan", "ledger"].map((view) => agent.client.readResource({ uri: `chargehand://jobs/${jobId}/${view}` })),
  );
  const { resources } = await agent.client.listResources();

  expect(status.failed).toBe(false);
  for (const said of [status, ...views, resources]) {
    expect(JSON.stringify(said)).toContain("log in");
    expect(JSON.stringify(said)).not.toContain(secret);
  }
});

test.each([
  "chargehand://jobs/../../ledger",
  "chargehand://jobs/..%2F..%2Fsecret/ledger",
  "chargehand://jobs/%2e%2e/state",
  "chargehand://jobs/aaaaaaaa%00/ledger",
  "chargehand://jobs/__proto__/state",
  "chargehand://projects/__proto__/discipline",
  "chargehand://projects/..%2F..%2Fhome/discipline",
  "file:///etc/passwd",
])("OPS-07 %s is no resource", async (uri) => {
  await writeFile(join(scene.directory, "secret"), "not to be read");

  await expect(agent.client.readResource({ uri })).rejects.toThrow(/There is no job|No project|not found|Invalid/i);
});

test.each([
  ["status", { jobId: "../../secret" }],
  ["evidence", { jobId: "__proto__" }],
  ["cancel", { jobId: "\u001b[2Jaaaa" }],
  ["submit", { text: "Fix it", project: "__proto__" }],
  ["submit", { text: "x".repeat(20_000), project: "shop" }],
  ["approve", { approvalId: "../".repeat(8), choice: "merge" }],
])("OPS-07 %s with hostile words %j fails in words, and the server goes on", async (name, given) => {
  const { failed, words } = await agent.call(name, given);

  expect(failed).toBe(true);
  expect(words).not.toMatch(/\bat \S+\.ts:/);
  expect((await agent.client.listTools()).tools.length).toBeGreaterThan(0);
});
