import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chooseScenario, Simulation } from "../../src/agents/engines/simulation.ts";
import { makeSampleProject } from "../../src/demo/sample-project.ts";
import { demoSimulation } from "../../src/demo/simulation.ts";
import { suggestions } from "../../src/demo/suggestions.ts";
import { playEdits } from "./support/play-edits.ts";

let folder: string;
let main: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chargehand-shop-"));
  await makeSampleProject(folder, AbortSignal.timeout(30_000));
  main = join(folder, "main");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function failingTests(): Promise<string[]> {
  const { stdout } = await execa(process.execPath, ["--test"], { cwd: main, env: {}, extendEnv: false, reject: false });
  return [...new Set(Array.from(stdout.matchAll(/^✖ (.+?) \(/gm), ([, name]) => name ?? ""))];
}

async function engineWorks(prompt: string, run = 1): Promise<void> {
  const scenario = chooseScenario(Simulation.parse(await demoSimulation()), { prompt, run });
  await playEdits(main, scenario?.do ?? []);
}

test("the sample project is a clean checkout of main with exactly one failing test", async () => {
  const status = await execa("git", ["status", "--porcelain", "--branch"], { cwd: main });

  expect(status.stdout).toBe("## main");
  expect(await failingTests()).toEqual(["a discount gives whole cents"]);
});

test("the suggested repair makes every test pass", async () => {
  await engineWorks(suggestions.rounding.text);

  expect(await failingTests()).toEqual([]);
});

test("the voucher's first attempt is wrong although it says otherwise, and its second one is right", async () => {
  await engineWorks(suggestions.rounding.text);

  await engineWorks(suggestions.voucher.text);
  const first = await failingTests();
  await engineWorks(`Put this right:\n✖ ${first.join("\n✖ ")}`, 2);

  expect(first).toEqual(["a voucher may be typed in small letters", "a voucher that nobody knows takes nothing off"]);
  expect(await failingTests()).toEqual([]);
});

test("the README leaves a scratch file behind, which nobody ordered", async () => {
  await engineWorks(suggestions.readme.text);

  const { stdout } = await execa("git", ["status", "--short"], { cwd: main });
  expect(stdout.split("\n")).toEqual(["?? README.md", "?? scratch.txt"]);
});

test("a task that the demo does not know changes nothing, and says why", async () => {
  const scenario = chooseScenario(await demoSimulation(), { prompt: "Rewrite it in Rust", run: 1 });

  expect(scenario?.do).toEqual([
    { say: expect.stringContaining("knows the suggested tasks only, so it changed nothing") },
  ]);
});
