import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { JobState } from "../../src/core/job.ts";
import { demoOrchestrator } from "../../src/demo/orchestrator.ts";
import { makeSampleProject, sampleChecks } from "../../src/demo/sample-project.ts";
import { demoSimulation } from "../../src/demo/simulation.ts";
import { suggestions } from "../../src/demo/suggestions.ts";
import { type ModelServer, startModelServer } from "../../src/emulators/model-server/server.ts";
import { cli } from "./support/scene.ts";

let directory: string;
let model: ModelServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "chargehand-run-"));
  model = await startModelServer({ script: demoOrchestrator({ thinkMs: 0 }) });
  await makeSampleProject(join(directory, "shop"), AbortSignal.timeout(30_000));
  await mkdir(join(directory, "home"));
  await writeFile(join(directory, "simulation.json"), JSON.stringify(await demoSimulation()));
  const projects = { shop: { baseDir: join(directory, "shop"), checks: sampleChecks } };
  await writeFile(
    join(directory, "chargehand.yaml"),
    JSON.stringify({ projects, roles: { orchestrator: "openai/any" } }),
  );
});
afterAll(async () => {
  await model[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** The command line on a machine where no daemon and no Redis is at work. */
function chargehand(argv: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: directory,
    CHARGEHAND_HOME: join(directory, "home"),
    CHARGEHAND_SIMULATION: join(directory, "simulation.json"),
    OPENAI_API_KEY: "any",
    OPENAI_BASE_URL: model.url,
    ...variables,
  };
  return execa(process.execPath, [cli, ...argv], {
    cwd: directory,
    env,
    extendEnv: false,
    reject: false,
    timeout: 110_000,
  });
}

const main = () => join(directory, "shop", "main");
const git = async (...args: string[]) => (await execa("git", args, { cwd: main() })).stdout;

test("RC-11 a dry run checks, logs and tells every command, and runs none of them", async () => {
  const variables = { ORCHESTRATOR_DRY_RUN: "1", ORCHESTRATOR_TRACE: "1" };
  const { exitCode, stdout, stderr } = await chargehand(
    ["run", suggestions.rounding.text, "--yes", "--json"],
    variables,
  );

  const job = JobState.parse(JSON.parse(stdout));
  const log = await readFile(join(directory, "home", "run_repo_command.log"), "utf8");
  const records = log
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  expect(exitCode).toBe(1);
  expect(job).toMatchObject({ status: "rejected", candidate: { stat: { files: 0 } } });
  expect(records[0]).toMatchObject({
    decision: "allow",
    dryRun: true,
    argv: ["codex", "exec", suggestions.rounding.text],
  });
  expect(stderr).toMatch(/"decision":"allow".*"dryRun":true.*"msg":"command"/);
}, 120_000);

test("IN-02 run does the whole job without a daemon: it is one itself, and says so", async () => {
  const base = await git("rev-parse", "main");

  const { exitCode, stdout, stderr } = await chargehand([
    "run",
    suggestions.rounding.text,
    "--no-merge",
    "--request-id",
    "own",
  ]);

  const [, branch = ""] = /branch (\S+)$/.exec(stdout) ?? [];
  expect(stderr).toContain("No daemon is at work, so this command is one until it ends.");
  expect(stderr).toContain("✓ check unit");
  expect(exitCode).toBe(0);
  expect(await git("show", `${branch}:src/price.js`)).toContain("Math.round");
  expect(await git("rev-parse", "main")).toBe(base);
}, 120_000);

test("IN-02 the same request later goes on where the job rests: the merge", async () => {
  const again = ["run", suggestions.rounding.text, "--yes", "--request-id", "own"];
  const { exitCode, stdout } = await chargehand(again);

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/merged .* is on main$/);
  expect(await git("log", "-1", "--format=%P")).toMatch(/^\S+ \S+$/);
  expect(await readFile(join(main(), "src/price.js"), "utf8")).toContain("Math.round");
}, 120_000);

test("what a job did can be read afterwards with nothing at work", async () => {
  const list = await chargehand(["list", "--json"]);
  const merged = JobState.array()
    .parse(JSON.parse(list.stdout))
    .find(({ outcome }) => outcome === "merged");
  const jobId = merged?.id ?? "";

  const [logs, diff] = [await chargehand(["logs", jobId]), await chargehand(["diff", jobId])];

  expect(logs.stdout).toContain("✓ merged into main");
  expect(diff.stdout).toContain("+  return sum - Math.round((sum * discountPercent) / 100);");
}, 60_000);

test("an order for a project that cannot be worked on ends at once, with what to mend", async () => {
  await rm(join(directory, "shop", "main", ".git"), { recursive: true });

  const { exitCode, stderr } = await chargehand(["run", "Fix it", "--yes"]);

  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^chargehand: Project shop: .* is not a git repository\. Clone it there/m);
}, 60_000);
