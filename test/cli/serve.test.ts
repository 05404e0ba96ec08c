import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSampleProject, sampleChecks } from "../../src/demo/sample-project.ts";
import { cli } from "./support/scene.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "chargehand-serve-"));
  await makeSampleProject(join(directory, "shop"), AbortSignal.timeout(30_000));
  const projects = { shop: { baseDir: join(directory, "shop"), checks: sampleChecks } };
  const config = { projects, access: { owners: [1001] }, roles: { orchestrator: "openai/any" } };
  await writeFile(join(directory, "chargehand.yaml"), JSON.stringify(config));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function chargehand(...argv: string[]) {
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: directory,
    CHARGEHAND_HOME: join(directory, "home"),
    OPENAI_API_KEY: "any",
  };
  const options = { cwd: directory, env, extendEnv: false, reject: false, timeout: 60_000, ipc: true } as const;
  return execa(process.execPath, [cli, ...argv], options);
}

test("a daemon tells who started it that it is at work, is seen by status, and ends in good order", async () => {
  const daemon = chargehand("daemon");
  expect(await daemon.getOneMessage()).toBe("ready");

  const { stdout } = await chargehand("status");
  daemon.kill("SIGTERM");

  expect(stdout).toMatch(/1 daemon at work:\n.*shop/);
  expect((await daemon).exitCode).toBe(0);
}, 60_000);

test("a daemon ends when the program that started it is gone", async () => {
  const daemon = chargehand("daemon");
  await daemon.getOneMessage();

  daemon.nodeChildProcess.disconnect();

  expect((await daemon).exitCode).toBe(0);
}, 60_000);

test("up without a bot's token says where to get one, and exits with 2", async () => {
  const { exitCode, stderr } = await chargehand("up");

  expect(exitCode).toBe(2);
  expect(stderr).toContain("chargehand: The bot has no token. Get one from @BotFather");
}, 60_000);
