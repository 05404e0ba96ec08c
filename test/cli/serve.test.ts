import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSampleProject, sampleChecks } from "../../src/demo/sample-project.ts";
import { cli, untilPrinted } from "./support/scene.ts";

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

test("OPS-08 SY-11 SY-12 a configuration that changes meanwhile is told, and nothing of it is taken over before the next start", async () => {
  const path = join(directory, "chargehand.yaml");
  const written = await readFile(path, "utf8");
  const daemon = chargehand("daemon");
  await daemon.getOneMessage();
  const configurationRows = async () => {
    const { rows } = JSON.parse((await chargehand("doctor", "--json")).stdout) as {
      rows: { name: string; state: string }[];
    };
    return rows.filter(({ name }) => name === "Configuration").map(({ state }) => state);
  };
  expect(await configurationRows()).toEqual(["ok"]);

  await writeFile(path, JSON.stringify({ ...JSON.parse(written), limits: { maxIterations: 7 } }));
  await untilPrinted(daemon, "the configuration was changed; what was read at the start stays in force");
  expect(await configurationRows()).toEqual(["ok", "warning"]);
  await writeFile(path, "projects: [");
  await untilPrinted(daemon, "the configuration was changed and cannot be used");
  await writeFile(path, written);
  await untilPrinted(daemon, "the configuration says what it said at the start");

  expect(await configurationRows()).toEqual(["ok"]);
  daemon.kill("SIGTERM");
  const { exitCode, stderr } = await daemon;
  expect(exitCode).toBe(0);
  // Files that are not there are no change.
  expect(stderr.split("the configuration says what it said at the start")).toHaveLength(2);
}, 120_000);

test("up without a bot's token says where to get one, what goes without it, and exits with 2", async () => {
  const { exitCode, stderr } = await chargehand("up");

  expect(exitCode).toBe(2);
  expect(stderr).toContain("chargehand: The bot has no token. Get one from @BotFather");
  expect(stderr).toContain('"chargehand daemon" is enough');
}, 60_000);
