import { execa } from "execa";
import { pino } from "pino";
import { expect, test } from "vitest";
import type { Simulation } from "../../src/agents/engines/simulation.ts";
import { createJobDesk } from "../../src/platform/job-desk.ts";
import { connectRedis, resolveRedis } from "../../src/platform/redis.ts";
import { cli } from "../cli/support/scene.ts";
import { connectMcp } from "../mcp/support.ts";
import { prepareInstallation, runs } from "../support/installation.ts";
import { gitIn, never } from "../support/project.ts";
import { until } from "../support/until.ts";

const right: Simulation = [
  { do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }, { say: "Fixed." }] },
];

test("OPS-07 an agent orders work and reads what was measured, but only a person merges it", async () => {
  await using shop = await prepareInstallation({ script: runs('codex exec "Fix the price"'), simulation: right });
  const place = { directory: shop.folder, env: shop.environment };
  expect(await shop.start("daemon")).toBe("ready");
  await using agent = await connectMcp(place);

  const { jobId } = (await agent.call("submit", { text: "Fix the price" })).value as { jobId: string };
  await until(
    async () => ((await agent.call("wait", { jobId, timeoutSeconds: 10 })).value as { rests: boolean }).rests,
  );
  const evidence = await agent.call("evidence", { jobId });
  const merge = await agent.call("approve", { jobId, choice: "merge" });

  expect(evidence.value).toMatchObject({
    judgement: { verdict: "accept" },
    checks: [{ label: "unit", outcome: "passed" }],
    patch: expect.stringContaining("+exports.price = (cents) => cents;"),
  });
  expect(merge.words).toMatch(/^A merge is not for an agent to approve here\./);

  // An agent that starts its server with a configuration of its own gets past that, but not past the daemon.
  await using scope = new AsyncDisposableStack();
  const log = pino({ enabled: false });
  const { target } = scope.use(await resolveRedis({ CHARGEHAND_HOME: shop.home }, log, never));
  const redis = scope.adopt(await connectRedis(target, log, never), (it) => it.disconnect());
  const desk = scope.use(createJobDesk(redis));
  const [row] = (await desk.job(jobId))?.approvals ?? [];
  const by = { kind: "mcp", id: "0", name: "an agent" } as const;
  await desk.decide({ type: "settle", jobId, approvalId: row?.approval.id ?? "", choice: "merge", by });
  await until(() => shop.log().includes("an agent may not approve that"));
  expect((await desk.job(jobId))?.status).toBe("awaiting_approval");

  const person = await execa(process.execPath, [cli, "merge", jobId], {
    cwd: shop.folder,
    env: shop.environment,
    extendEnv: false,
    reject: false,
  });

  expect([person.exitCode, person.stdout]).toEqual([0, expect.stringMatching(/merged/)]);
  expect(gitIn(shop.main, "show", "main:price.js")).toBe("exports.price = (cents) => cents;");
  expect((await agent.call("status", { jobId })).value).toMatchObject({
    jobs: [{ status: "done", outcome: "merged" }],
  });
}, 180_000);
