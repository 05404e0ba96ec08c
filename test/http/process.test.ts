import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSampleProject, sampleChecks } from "../../src/demo/sample-project.ts";
import { cli, live, type Running, type Scene, startScene, story, untilPrinted } from "../cli/support/scene.ts";
import { until } from "../support/until.ts";
import { openStream } from "./support/event-stream.ts";

let scene: Scene;
let url: string;
beforeAll(async () => {
  scene = await startScene();
  await makeSampleProject(join(scene.directory, "sample"), AbortSignal.timeout(30_000));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const projects = { shop: { baseDir: join(scene.directory, "sample"), checks: sampleChecks } };
  const config = { projects, roles: { orchestrator: "openai/any" }, http: { port } };
  await writeFile(join(scene.directory, "chargehand.yaml"), JSON.stringify(config));
}, 60_000);
afterAll(() => scene[Symbol.asyncDispose]());

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** A daemon as people start it, in a home that is not the one whose ledgers this test writes. */
function startDaemon() {
  const env = { ...scene.env, CHARGEHAND_HOME: join(scene.directory, "served"), OPENAI_API_KEY: "any" };
  const daemon = execa(process.execPath, [cli, "daemon"], {
    cwd: scene.directory,
    env,
    extendEnv: false,
    reject: false,
  });
  return {
    daemon,
    async [Symbol.asyncDispose]() {
      daemon.kill("SIGKILL");
      await daemon;
    },
  };
}

const isServed = () =>
  fetch(`${url}/api/projects`).then(
    ({ ok }) => ok,
    () => false,
  );
const client = { request: (path: string, init?: RequestInit) => fetch(`${url}${path}`, init) };

test("DU-13 a stream goes on without gap or double when its daemon is killed and the one standing by takes over", async () => {
  await using first = startDaemon();
  await until(isServed);
  const jobId = await live(scene.book, "killed", story.queued("Fix it", "killed"));
  const before = await openStream(client, `/api/jobs/${jobId}/events`);
  const heard = await before.until(({ entry }) => entry.sequence === 1);
  await using second = startDaemon();
  await untilPrinted(second.daemon as Running, "another process serves HTTP for this home");

  const cutOff = before.end().catch(() => {});
  first.daemon.kill("SIGKILL");
  await first.daemon;
  await cutOff;
  for (let step = 1; step <= 5; step += 1) {
    await scene.book.record(jobId, { type: "step_started", stepId: `${step}`, label: `step ${step}` });
  }
  await until(isServed);
  await using after = await openStream(client, `/api/jobs/${jobId}/events`, { "last-event-id": heard.id });
  await after.until(({ entry }) => entry.sequence === 6);

  expect(after.events.map(({ entry }) => entry.sequence)).toEqual([2, 3, 4, 5, 6]);
}, 120_000);
