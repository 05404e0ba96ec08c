import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulation } from "../../src/agents/engines/simulation.ts";
import { JobResult } from "../../src/core/evidence/result.ts";
import { verifyBundle } from "../../src/platform/evidence/verify-bundle.ts";
import { sealedJob, verify } from "../support/evidence.ts";
import { reseal } from "../support/forge.ts";
import { type Installation, offered, runs, shopFiles, startInstallation } from "../support/installation.ts";
import { gitIn, never } from "../support/project.ts";

const right: Simulation = [
  { do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }, { say: "Fixed." }] },
];
const script = runs('codex exec "Fix the price"', "git diff --stat", "node --test");

/** A job that was ordered, done, checked and merged, and the folder of its evidence when nobody is at work any more. */
async function mergedJob(shop: Installation): Promise<string> {
  shop.ann.sends("Fix the price");
  shop.ann.taps(await offered(shop, "Merge"), "Merge");
  const directory = await sealedJob(shop, "merged");
  await shop.stop("SIGTERM");
  return directory;
}

/** One job for all who only read its evidence; who alters it alters a copy. */
let shop: Installation;
let directory: string;

beforeAll(async () => {
  shop = await startInstallation({ script, simulation: right });
  directory = await mergedJob(shop);
});

afterAll(() => shop[Symbol.asyncDispose]());

async function copyOfEvidence(): Promise<string> {
  const copy = await mkdtemp(join(shop.folder, "copy-"));
  await cp(directory, copy, { recursive: true });
  return copy;
}

async function filesOf(directory: string): Promise<string[]> {
  const paths = await readdir(directory, { recursive: true, withFileTypes: true });
  return paths.filter((path) => path.isFile()).map((path) => join(path.parentPath, path.name));
}

test("OPS-04 IN-06 a job leaves its artifacts at fixed paths, for us alone to read, and no secret in them", async () => {
  const paths = await filesOf(directory);
  const names = paths.map((path) => path.slice(directory.length + 1));
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  const modes = await Promise.all(paths.map(async (path) => (await stat(path)).mode & 0o077));
  const order = JSON.parse(await readFile(join(directory, "job.json"), "utf8"));
  const context = JSON.parse(await readFile(join(directory, "context.json"), "utf8"));

  const top = ["job", "context", "state", "result", "bundle"].map((name) => `${name}.json`);
  expect(names).toEqual(expect.arrayContaining([...top, "ledger.jsonl", "report.md", "patch.diff", "logs.txt"]));
  const inSteps = names
    .filter((name) => name.startsWith("steps/"))
    .map((name) => name.slice(name.lastIndexOf("/") + 1));
  expect(inSteps.toSorted()).toEqual(
    ["logs.txt", "patch.diff", "report.md", "result.json"].flatMap((name) => [name, name, name, name]),
  );
  expect(modes.filter((mode) => mode !== 0)).toEqual([]);
  expect(texts.filter((text) => text.includes("sk-test-1234567890"))).toEqual([]);
  expect(order).toMatchObject({ submission: { text: "Fix the price" }, config: { sha256: expect.any(String) } });
  expect(order.config.snapshot.project.checks.test[0]).toMatchObject({ label: "unit", cmd: "node --test" });
  expect(context).toMatchObject({ orchestrator: "openai/gpt-5.5", engine: { name: "codex", kind: "simulated" } });
});

test("OPS-04 GT-22 the report tells the job to somebody who was not there, the claim apart from what was measured", async () => {
  const report = await readFile(join(directory, "report.md"), "utf8");
  const result = JobResult.parse(JSON.parse(await readFile(join(directory, "result.json"), "utf8")));

  expect(result).toMatchObject({
    status: "done",
    outcome: "merged",
    verdict: "accept",
    iterations: 1,
    outdated: false,
  });
  expect(report).toContain("> Fix the price");
  expect(report).toMatch(/1\. attempt 1: `codex exec 'Fix the price'` — ok, exit code 0/);
  expect(report).toMatch(/\| unit \| `node --test` \|.*\| passed/);
  expect(report).toContain("What the orchestrator says (a claim");
  expect(report).toContain("1 file, +1 −1");
  expect(report).toContain(`    git revert --no-edit -m 1 ${result.mergedCommit}\n`);
  expect(gitIn(shop.main, "rev-parse", "main")).toBe(result.mergedCommit);
});

test("OPS-04 each step has its own patch and report: the engine's change is the engine's, and a check changes nothing", async () => {
  await using shop = await startInstallation({
    files: { ...shopFiles, "README.md": "# Shop\n" },
    script: runs("git status", 'codex exec "Fix the price"', "git mv README.md LIESMICH.md", "git push"),
    simulation: right,
  });
  const directory = await mergedJob(shop);
  const folders = (await readdir(join(directory, "steps"))).toSorted();
  const read = (file: string) =>
    Promise.all(folders.map((folder) => readFile(join(directory, "steps", folder, file), "utf8")));

  const [looked, engine, moved, pushed, check] = await read("patch.diff");
  const reports = await read("report.md");

  expect([looked, pushed, check]).toEqual(["", "", ""]);
  expect(engine).toContain("+exports.price = (cents) => cents;");
  expect(engine).not.toContain("LIESMICH");
  expect(moved).toContain("rename to LIESMICH.md");
  expect(moved).not.toContain("price.js");
  expect(reports[1]).toMatch(/1 file, \+1 −1, in `patch\.diff`\. From [0-9a-f]{40} to [0-9a-f]{40}\./);
  expect(reports[3]).toContain("Nothing: it did not run.");
  expect(reports[4]).toMatch(/Command: `node --test`[\s\S]*ran in a fresh checkout/);
  expect((await verifyBundle(directory, {}, never)).defects).toEqual([]);
});

test("GT-20 OPS-03 verify finds the evidence sound without the daemon, compares it with git, and exits 0", async () => {
  const jobId = directory.slice(-8);

  const byId = await verify(shop, jobId.slice(0, 5), "--repository", shop.main);
  const asJson = await verify({ folder: shop.folder, environment: {} }, directory, "--json");

  expect(byId.stderr).toBe("");
  expect(byId.stdout).toMatch(new RegExp(`The evidence of job ${jobId} \\(done\\) is sound`));
  expect(byId.exitCode).toBe(0);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ sound: true, jobId, status: "done", defects: [] });
});

test("GT-20 OPS-03 verify names file and line of what is wrong and exits 1; 2 is usage, 4 is not found", async () => {
  const forged = await copyOfEvidence();
  const ledger = await readFile(join(forged, "ledger.jsonl"), "utf8");
  await writeFile(join(forged, "ledger.jsonl"), ledger.replace('"verdict":"accept"', '"verdict":"reject"'));
  const elsewhere = join(shop.folder, "elsewhere");
  gitIn(shop.folder, "init", "--quiet", elsewhere);

  const altered = await verify(shop, forged);
  const lost = await verify(shop, directory, "--repository", elsewhere);
  const nowhere = await verify(shop, directory, "--repository", shop.folder);
  const misused = await verify(shop);
  const unknown = await verify(shop, "zzzzzzzz");

  expect(altered.exitCode).toBe(1);
  expect(altered.stdout).toMatch(/ledger\.jsonl: It was altered/);
  expect(altered.stdout).toMatch(/ledger\.jsonl:\d+: It does not follow the line before it/);
  expect(lost.exitCode).toBe(1);
  expect(lost.stdout).toMatch(/The accepted commit [0-9a-f]{40} is not in/);
  expect([nowhere.exitCode, nowhere.stdout]).toEqual([4, ""]);
  expect([misused.exitCode, unknown.exitCode]).toEqual([2, 4]);
});

test("GT-20 any one byte that is flipped in any sealed file is found", async () => {
  const copy = await copyOfEvidence();
  const bundle = JSON.parse(await readFile(join(copy, "bundle.json"), "utf8"));
  const names: string[] = [...bundle.files.map(({ path }: { path: string }) => path), "bundle.json"];
  expect((await verifyBundle(copy, {}, never)).defects).toEqual([]);

  const flip = fc.record({ name: fc.constantFrom(...names), at: fc.nat(), mask: fc.integer({ min: 1, max: 255 }) });
  await fc.assert(
    fc.asyncProperty(flip, async ({ name, at, mask }) => {
      const path = join(copy, name);
      const whole = await readFile(path);
      fc.pre(whole.length > 0);
      const flipped = Buffer.from(whole);
      const index = at % whole.length;
      flipped[index] = (flipped[index] ?? 0) ^ mask;
      await writeFile(path, flipped);
      const { defects } = await verifyBundle(copy, {}, never);
      await writeFile(path, whole);
      expect(defects.map(({ file }) => file)).toContain(name);
    }),
    { numRuns: 300 },
  );
});

test("GT-20 a bundle that was forged and sealed anew contradicts itself", async () => {
  const copy = await copyOfEvidence();
  const [engine = ""] = (await readdir(join(copy, "steps"))).toSorted();
  await reseal(copy, "result.json", (text) => text.replace('"outdated": false', '"outdated": true'));
  await reseal(copy, `steps/${engine}/result.json`, (text) => text.replace('"ok"', '"failed"'));
  await reseal(copy, `steps/${engine}/patch.diff`, () => "");
  const { defects } = await verifyBundle(copy, {}, never);

  expect(defects).toEqual([
    { file: "result.json", sentence: "It does not say what the ledger says." },
    { file: `steps/${engine}/result.json`, sentence: "It does not say what the ledger says." },
    { file: `steps/${engine}/patch.diff`, sentence: "It does not say what was measured of this step." },
  ]);
});

test.each<[string, string, (text: string) => string, RegExp]>([
  ["another end", "state.json", (text) => text.replace('"done"', '"failed"'), /^It does not say what the ledger says/],
  [
    "another order",
    "job.json",
    (text) => text.replace("Fix the price", "Fix it"),
    /not the order that the ledger begins/,
  ],
  [
    "other checks",
    "job.json",
    (text) => text.replace('"cmd": "node --test"', '"cmd": "true"'),
    /have the hash beside it/,
  ],
  ["more changes", "patch.diff", (text) => `${text}diff --git a/x b/x\n`, /does not change as many files and lines/],
  ["one line less", "ledger.jsonl", (text) => text.replace(/[^\n]+\n$/, ""), /not end with the line that was sealed/],
  ["half a line", "ledger.jsonl", (text) => text.slice(0, -20), /The last line has no end/],
  ["no line", "ledger.jsonl", () => "", /The ledger is empty/],
  [
    "a line twice",
    "ledger.jsonl",
    (text) => text + text.slice(text.trimEnd().lastIndexOf("\n") + 1),
    /goes on after the seal/,
  ],
])("GT-20 evidence that was sealed anew with %s in %s is not sound", async (_what, name, alter, sentence) => {
  const copy = await copyOfEvidence();
  await reseal(copy, name, alter);

  const { defects } = await verifyBundle(copy, {}, never);

  expect(
    defects
      .filter(({ file }) => file === name)
      .map((defect) => defect.sentence)
      .join("\n"),
  ).toMatch(new RegExp(sentence, "m"));
});

test("GT-20 a file that is missing, one that came later, and a bundle without its seal are named", async () => {
  const copy = await copyOfEvidence();
  await rm(join(copy, "logs.txt"));
  await mkdir(join(copy, "steps/099-later"));
  await writeFile(join(copy, "steps/099-later/report.md"), "All well.\n");
  const { defects } = await verifyBundle(copy, {}, never);
  await rm(join(copy, "bundle.json"));
  const unsealed = await verifyBundle(copy, {}, never);

  expect(defects).toEqual([
    { file: "logs.txt", sentence: "It is sealed, and is missing." },
    { file: "steps/099-later/report.md", sentence: "It came after the seal: bundle.json does not name it." },
  ]);
  expect(unsealed.defects[0]).toMatchObject({
    file: "bundle.json",
    sentence: expect.stringContaining("It is missing"),
  });
});

test("GT-20 OPS-03 a patch that is not the difference in the repository is told, though it counts the same", async () => {
  const copy = await copyOfEvidence();
  await reseal(copy, "patch.diff", (text) => text.replace("(cents) => cents;", "(cents) => c3nts;"));

  const alone = await verifyBundle(copy, {}, never);
  const { defects } = await verifyBundle(copy, { repository: shop.main }, never);

  expect(alone.defects).toEqual([]);
  expect(defects).toEqual([
    { file: "patch.diff", sentence: "It is not the difference between the base and the accepted tree." },
  ]);
});

test("OPS-04 GT-20 a job that was cancelled in its second attempt has sound evidence, known to be older than the work", async () => {
  await using shop = await startInstallation({
    script: runs('codex exec "Fix the price"'),
    simulation: [
      { onRun: 1, do: [{ write: { path: "a.txt", text: "a\n" } }] },
      { do: [{ say: "Working." }, { hang: true }] },
    ],
  });
  shop.ann.sends("Fix the price");
  const card = await shop.ann.sees(/Working\./, { timeoutMs: 30_000 });
  shop.ann.taps(card, "Cancel");
  const directory = await sealedJob(shop, "cancelled");

  const { exitCode, stdout } = await verify(shop, directory);
  const result = JSON.parse(await readFile(join(directory, "result.json"), "utf8"));

  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("(cancelled) is sound") });
  expect(result).toMatchObject({ status: "cancelled", verdict: "iterate", outdated: true });
  expect(await readFile(join(directory, "report.md"), "utf8")).toContain("last checks older than the last work");
});
