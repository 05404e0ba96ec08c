import { once } from "node:events";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AppError } from "../../src/core/error.ts";
import { withPatience } from "../../src/daemon/patience.ts";
import { type Bench, openBench } from "../support/laboratory.ts";
import { never, temporaryFolder, writeFiles } from "../support/project.ts";

const suite = (body: string) => `const test = require("node:test");\nconst assert = require("node:assert");\n${body}`;
const files = {
  "price.js": "exports.price = (cents) => cents * 2;\nexports.free = () => 1;\n",
  "price.test.js": suite(`const { price, free } = require("./price.js");
test("price", () => assert.equal(price(5), 5));
test("free", () => assert.equal(free(), 1));
`),
};
const settings = { checks: { test: [{ label: "unit", cmd: "node --test" }] } };

const right = "exports.price = (cents) => cents;\nexports.free = () => 1;\n";
const write = (path: string, text: string) => (worktree: string) => writeFiles(worktree, { [path]: text });

test("GT-13 GT-14 a pass comes with its proof: argv, counts, version, tree, attempts, and the base beside it", async () => {
  await using bench = await openBench({ files, settings, flakeRuns: 1 });

  const { checks, verdict } = await bench.measureAfter(write("price.js", right));

  expect(verdict).toBe("accept");
  expect(checks).toMatchObject([
    {
      label: "unit",
      category: "test",
      outcome: "passed",
      argv: ["node", "--test"],
      exitCode: 0,
      toolVersion: `node ${process.version}`,
      tests: { runner: "node:test", passed: 2, failed: 0 },
      before: { exitCode: 1, tests: { passed: 1, failed: 1, failures: ["price.test.js: price"] } },
      attempts: 2,
    },
  ]);
  expect(checks[0]?.tree).toMatch(/^[0-9a-f]{40}$/);
});

test("GT-14 the base is measured once for all jobs that start from it", async () => {
  await using bench = await openBench({ files, settings });
  const asked = () => bench.steps.filter((step) => step.includes("on the base")).length;

  await bench.measureAfter(write("price.js", right));
  await bench.measureAfter(write("price.js", `${right}// again\n`));

  expect(asked()).toBe(1);
});

test("GT-14 a test that was red before is said so and not held against the work", async () => {
  await using bench = await openBench({ files, settings });

  const { checks, verdict } = await bench.measureAfter(write("note.md", "A note.\n"));

  expect(checks[0]).toMatchObject({
    outcome: "as_before",
    reason: '1 test failed before the work too: "price.test.js: price".',
  });
  expect(verdict).toBe("accept");
});

test("GT-14 a test that the work breaks is named, beside an old failure", async () => {
  await using bench = await openBench({ files, settings });

  const { reasons, verdict } = await bench.measureAfter(
    write("price.js", "exports.price = (cents) => cents;\nexports.free = () => 2;\n"),
  );

  expect(verdict).toBe("iterate");
  expect(reasons.join()).toContain('New: "price.test.js: free"');
});

test.each<[string, (worktree: string) => Promise<void>, RegExp]>([
  [
    "weakened",
    write("price.test.js", suite('test("price", () => {});\ntest("free", () => {});\n')),
    /as it was it fails/,
  ],
  ["deleted", (worktree) => rm(join(worktree, "price.test.js")), /proved nothing|gone/],
  [
    "skipped",
    write("price.test.js", suite('test.skip("price", () => {});\ntest("free", () => {});\n')),
    /skipped than on the base/,
  ],
  [
    "moved out of sight",
    (worktree) => rename(join(worktree, "price.test.js"), join(worktree, "price.js.txt")),
    /proved nothing|gone/,
  ],
  [
    "replaced by another of its name",
    write("price.test.js", suite('test("price", () => {});\ntest("free", () => {});\ntest("more", () => {});\n')),
    /as it was it fails/,
  ],
])("GT-11 a test that is %s to hide broken work is not accepted", async (_name, act, reason) => {
  const green = { ...files, "price.js": right };
  await using bench = await openBench({ files: green, settings });

  const { reasons, verdict } = await bench.measureAfter(async (worktree) => {
    await write("price.js", "exports.price = () => 0;\nexports.free = () => 2;\n")(worktree);
    await act(worktree);
  });

  expect(verdict).not.toBe("accept");
  expect(reasons.join()).toMatch(reason);
});

test("GT-11 new tests, and a test that is written anew and asks as much, are honest work", async () => {
  await using bench = await openBench({ files: { ...files, "price.js": right }, settings });

  const { checks, verdict } = await bench.measureAfter((worktree) =>
    writeFiles(worktree, {
      "price.test.js": suite(`const shop = require("./price.js");
test("price", () => assert.strictEqual(shop.price(7), 7));
test("free", () => assert.ok(shop.free() === 1));
test("more", () => assert.equal(shop.price(0), 0));
`),
      "other.test.js": suite('test("other", () => {});\n'),
    }),
  );

  expect(verdict).toBe("accept");
  expect(checks.map(({ label, outcome }) => [label, outcome])).toEqual([
    ["unit", "passed"],
    ["unit, tests as they were", "passed"],
  ]);
});

test("GT-13 evidence 23 a test script that does nothing proves nothing, whoever allowed its change", async () => {
  const packaged = { ...files, "package.json": '{"scripts":{"test":"node --test"}}' };
  const checks = { test: [{ label: "unit", cmd: "npm test" }] };
  await using bench = await openBench({ files: packaged, settings: { checks, checkConfig: "allow" } });

  const idle = await bench.measureAfter(write("package.json", '{"scripts":{"test":"echo 2 passing"}}'));
  const fake = await bench.measureAfter(write("package.json", '{"scripts":{"test":"node -e 0"}}'));

  expect([idle.verdict, fake.verdict]).toEqual(["block", "block"]);
  expect(idle.reasons.join()).toMatch(/checks nothing/);
  expect(fake.reasons.join()).toMatch(/On the base it printed a report of node:test, and now none/);
});

test("GT-12 GT-17 a test that answers differently when repeated is flaky, says both answers, and blocks", async () => {
  const runOfRepeat = 3;
  await using bench = await openBench({
    files,
    settings,
    flakeRuns: 1,
    meddle: (answer, run) => (run === runOfRepeat ? { ...answer, exitCode: 1 } : answer),
  });

  const { verdict, reasons, checks } = await bench.measureAfter(write("price.js", right));

  expect(verdict).toBe("block");
  expect(reasons.join()).toMatch(/exit code 0 and 0 failed, and when it was repeated with exit code 1/);
  expect(checks[0]).toMatchObject({ outcome: "flaky", attempts: 2 });
});

test("GT-12 a slow test that passes is asked again once, a quick one as often as flakeRuns says", async () => {
  await using slow = await openBench({ files, settings, flakeRuns: 3, flakeTimeMs: 0 });
  await using quick = await openBench({ files, settings, flakeRuns: 3, flakeTimeMs: 600_000 });

  const [once] = (await slow.measureAfter(write("price.js", right))).checks;
  const [often] = (await quick.measureAfter(write("price.js", right))).checks;

  expect(once).toMatchObject({ outcome: "passed", attempts: 2 });
  expect(often).toMatchObject({ outcome: "passed", attempts: 4 });
});

test("GT-13 code that mends itself while it is tested is found out, and a test that writes beside the work is not", async () => {
  await using bench = await openBench({ files, settings });
  const mending = `require("node:fs").writeFileSync(__dirname + "/price.js", ${JSON.stringify(right)});\n`;
  const writing = `require("node:fs").writeFileSync(__dirname + "/made-by-a-test.txt", "made");\n`;

  const cheat = await bench.measureAfter(write("price.js", `${mending}${files["price.js"]}`));
  const honest = await bench.measureAfter(write("price.js", `${writing}${right}`));

  expect(cheat.checks[0]).toMatchObject({ outcome: "failed", reason: expect.stringContaining('"price.js"') });
  expect(honest.verdict).toBe("accept");
});

const total = `exports.total = (prices) => prices.reduce((sum, price) => sum + price, 0);\n`;
const validation = [{ label: "total", cmd: "node --test total.test.js" }];

test("GT-05 an order's own check runs before the project's, beside the base, and may ask for a test that is new", async () => {
  await using bench = await openBench({ files, settings, validation, flakeRuns: 1 });

  const { checks, verdict } = await bench.measureAfter((worktree) =>
    writeFiles(worktree, {
      "price.js": right,
      "total.js": total,
      "total.test.js": suite('test("total", () => assert.equal(require("./total.js").total([1, 2]), 3));\n'),
    }),
  );

  expect(verdict).toBe("accept");
  expect(checks.map(({ label, outcome, tier }) => [label, outcome, tier])).toEqual([
    ["order: total", "passed", "order"],
    ["unit", "passed", undefined],
    ["unit, tests as they were", "passed", undefined],
  ]);
  expect(checks[0]).toMatchObject({ tests: { passed: 1 }, before: { exitCode: 1 }, attempts: 2 });
});

test("GT-05 GT-11 an order's check that was green is run against the tests as they were, like the project's", async () => {
  const green = { ...files, "price.js": right, "lint.js": "" };
  const ordered = [{ label: "price", cmd: "node --test price.test.js" }];
  const checks = { lint: [{ label: "lint", cmd: "node lint.js" }] };
  await using bench = await openBench({ files: green, settings: { checks }, validation: ordered });

  const { verdict, reasons } = await bench.measureAfter((worktree) =>
    writeFiles(worktree, {
      "price.js": "exports.price = () => 0;\nexports.free = () => 1;\n",
      "price.test.js": suite('test("price", () => {});\ntest("free", () => {});\n'),
    }),
  );

  expect(verdict).toBe("iterate");
  expect(reasons.join()).toContain("as it was it fails");
});

test("GT-05 what an order wants green is not excused by having been red before", async () => {
  await using bench = await openBench({ files, settings, validation: [{ label: "all", cmd: "node --test" }] });

  const { checks, verdict, reasons } = await bench.measureAfter(write("note.md", "A note.\n"));

  expect(checks.map(({ outcome }) => outcome)).toEqual(["failed", "as_before"]);
  expect(verdict).toBe("iterate");
  expect(reasons.join()).toContain("The order wants it green.");
});

test("GT-05 GT-06 a command that changes files or does nothing proves nothing, even if it got past every door", async () => {
  const idle = { label: "idle", cmd: "true" };
  await using bench = await openBench({
    files,
    settings,
    validation: [idle, { label: "fix", cmd: "biome check --fix" }],
  });

  const { verdict, reasons } = await bench.measureAfter(write("price.js", right));

  expect(verdict).toBe("block");
  expect(reasons.join("\n")).toMatch(/order: idle.*checks nothing[\s\S]*order: fix.*changes files/);
});

test("GT-12 without flakeRuns a pass is asked for once", async () => {
  await using bench = await openBench({ files, settings, flakeRuns: 0 });

  const { checks } = await bench.measureAfter(write("price.js", right));

  expect(checks[0]).toMatchObject({ outcome: "passed", attempts: 1 });
});

test("GT-17 a check that could not be started is our failure, never the work's", async () => {
  await using bench = await openBench({ files, settings, meddle: (answer) => ({ ...answer, started: "broken" }) });

  const measuring = bench.measureAfter(write("price.js", right));

  await expect(measuring).rejects.toMatchObject({ code: "sandbox-unavailable" });
});

test("GT-17 our own failures are tried again, and then told as such", async () => {
  let calls = 0;
  const failing = async () => {
    calls += 1;
    throw new AppError("git-failed", "git has no disk left.");
  };

  expect(await withPatience(failing, never)).toBe("git has no disk left.");
  expect(calls).toBe(3);
  expect(await withPatience(async () => (calls++ === 3 ? failing() : { ok: true }), never)).toEqual({ ok: true });
  await expect(withPatience(() => Promise.reject(new AppError("cancelled", "Stop.")), never)).rejects.toThrow("Stop.");
});

test("GT-13 a shell script without a reporter is usable: its exit code is all there is, and no counts are claimed", async () => {
  const checks = { test: [{ label: "script", cmd: "sh run-checks.sh" }] };
  const script = { "run-checks.sh": 'test "$(cat value)" = 1\n', value: "1\n" };
  await using bench = await openBench({ files: script, settings: { checks } });

  const good = await bench.measureAfter(write("note", "x\n"));
  const bad = await bench.measureAfter(write("value", "2\n"));

  expect([good.verdict, bad.verdict]).toEqual(["accept", "iterate"]);
  expect(good.checks[0]).not.toHaveProperty("tests");
});

test("GT-04 GT-09 no check prepares the ground for the next, none reaches the network, hidden or not, and none leaves its checkout behind", async () => {
  await using server = createServer((_request, response) => response.end("reached")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const asks = `require("node:http").get("http://127.0.0.1:${port}").on("error", () => process.exit(0)).on("response", () => process.exit(1));\n`;
  const checks = {
    lint: [{ label: "lint", cmd: "node lint.js" }],
    test: [{ label: "unit", cmd: "node --test" }],
  };
  const meddling = { ...files, "lint.js": `require("node:fs").writeFileSync("price.test.js", "");\n${asks}` };
  await using folder = await temporaryFolder();
  const heldOut = join(folder.path, "hidden");
  await writeFiles(heldOut, { "checks.yaml": "iterate: [{ label: a, cmd: node asks.js }]\n", "iterate/asks.js": asks });
  await using bench = await openBench({ files: meddling, settings: { checks, heldOut } });

  const { checks: measured, heldOut: hidden } = await bench.measureAfter(write("price.js", right));

  expect(measured.map(({ outcome, tests }) => [outcome, tests?.passed])).toEqual([
    ["passed", undefined],
    ["passed", 2],
  ]);
  expect(hidden).toMatchObject({ iterate: "passed" });
  const [job = ""] = await readdir(join(bench.folder, "home", "jobs"));
  expect(await readdir(join(bench.folder, "home", "jobs", job, "checkouts"))).toEqual([]);
});

test("GT-13 a check whose program is not on this machine proves nothing, and says so", async () => {
  await using bench = await openBench({
    files,
    settings: { checks: { test: [{ label: "unit", cmd: "no-such-runner --all" }] } },
  });

  const { verdict, reasons } = await bench.measureAfter(write("price.js", right));

  expect(verdict).toBe("block");
  expect(reasons.join()).toContain('"no-such-runner" is not installed on this machine.');
});

test("GT-12 old failures that are others when they are asked again are flaky, whatever the exit code", async () => {
  const runOfRepeat = 3;
  await using bench = await openBench({
    files,
    settings,
    flakeRuns: 1,
    meddle: (answer, run) =>
      run === runOfRepeat ? { ...answer, output: answer.output.replaceAll("✖ price", "✖ other") } : answer,
  });

  const { verdict, checks } = await bench.measureAfter(write("note.md", "A note.\n"));

  expect(checks[0]).toMatchObject({ outcome: "flaky", exitCode: 1 });
  expect(verdict).toBe("block");
});

test("GT-14 what a linter found before is not held against the work, and what it finds besides is", async () => {
  const lint =
    'for (const name of require("node:fs").readdirSync(".")) if (/^bad/.test(name)) { console.log(name); process.exitCode = 1; }\n';
  const checks = { ...settings.checks, lint: [{ label: "lint", cmd: "node lint.js" }] };
  await using bench = await openBench({ files: { ...files, "lint.js": lint, "bad-old": "" }, settings: { checks } });

  const old = await bench.measureAfter(write("price.js", right));
  const fresh = await bench.measureAfter((worktree) => writeFiles(worktree, { "price.js": right, "bad-new": "" }));

  expect([old.verdict, fresh.verdict]).toEqual(["accept", "iterate"]);
  expect(old.checks[0]).toMatchObject({ outcome: "as_before", before: { exitCode: 1 } });
});

const setupFiles = {
  ...files,
  "package.json": '{"dependencies":{}}',
  "install.js": `const fs = require("node:fs");
fs.mkdirSync("node_modules/dep", { recursive: true });
fs.writeFileSync("node_modules/dep/index.js", "module.exports = 1;");
`,
  "dep.test.js": suite('test("dep", () => assert.equal(require("dep"), 1));\n'),
};
const withSetup = { ...settings, setup: "node install.js" };
const installs = ({ steps }: Bench) => steps.filter((step) => step === "setup").length;

test("GT-04 dependencies are installed once, from the base, and evidence 7: what an agent patched there does not count", async () => {
  await using bench = await openBench({ files: setupFiles, settings: withSetup });

  const first = await bench.measureAfter(async (worktree) => {
    await write("price.js", right)(worktree);
    await write("node_modules/dep/index.js", "module.exports = 2;")(worktree);
    await rm(join(worktree, "node_modules"), { recursive: true });
  });
  const second = await bench.measureAfter(write("price.js", `${right}//\n`));

  expect([first.verdict, second.verdict]).toEqual(["accept", "accept"]);
  expect(installs(bench)).toBe(1);
});

test("GT-04 neither an agent's code in a check nor its install script poisons what the next job uses", async () => {
  await using bench = await openBench({ files: setupFiles, settings: withSetup });
  const poison = `const fs = require("node:fs");
try { fs.writeFileSync("node_modules/dep/index.js", "module.exports = 3;"); } catch {}
try { fs.rmSync("node_modules/dep", { recursive: true }); } catch {}
${right}`;

  await bench.measureAfter(write("price.js", poison));
  await bench.measureAfter(async (worktree) => {
    await write(
      "install.js",
      `${setupFiles["install.js"]}fs.writeFileSync("node_modules/dep/index.js", "module.exports = 4;");\n`,
    )(worktree);
  });
  const { verdict, checks } = await bench.measureAfter(write("price.js", right));

  expect(checks[0]?.tail).not.toMatch(/Expected values/);
  expect(verdict).toBe("accept");
});

test("GT-17 a setup that fails by itself blocks; one that the work broke is the work's failure", async () => {
  await using bench = await openBench({
    files: {
      ...files,
      "package.json": "{}",
      "install.js": 'process.exit(require("./package.json").broken ? 1 : 0);\n',
    },
    settings: withSetup,
  });
  await using broken = await openBench({ files, settings: { ...settings, setup: "node --no-such-option" } });

  const byWork = await bench.measureAfter(write("package.json", '{"broken":true}'));
  const byItself = await broken.measureAfter(write("price.js", right));

  expect([byWork.verdict, byItself.verdict]).toEqual(["iterate", "block"]);
});

async function withHeldOut(
  heldOut: Readonly<Record<string, string>>,
  look: (bench: Bench) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, "hidden"));
  await writeFiles(join(folder.path, "hidden"), heldOut);
  await using bench = await openBench({ files, settings: { ...settings, heldOut: join(folder.path, "hidden") } });
  await look(bench);
}

const hiddenTest = (value: number) =>
  suite(
    `const { price } = require("./price.js");\ntest("CANARY-name", () => assert.equal(price(${value}), ${value}, "CANARY-message"));\n`,
  );
const heldOutFiles = {
  "checks.yaml":
    "iterate: [{ label: CANARY-label, cmd: node --test CANARY-file.test.js }]\nreserve: [{ label: CANARY-reserve, cmd: node --test CANARY-reserve.test.js }]\n",
  "iterate/CANARY-file.test.js": hiddenTest(7),
  "reserve/CANARY-reserve.test.js": hiddenTest(9),
};

test("GT-09 GT-10 work that is fitted to the visible tests is found out, and nothing hidden is told", async () => {
  await withHeldOut(heldOutFiles, async (bench) => {
    const overfit = await bench.measureAfter(write("price.js", "exports.price = () => 5;\nexports.free = () => 1;\n"));
    const half = await bench.measureAfter(
      write("price.js", "exports.price = (c) => (c === 9 ? 0 : c);\nexports.free = () => 1;\n"),
    );
    const before = bench.steps.length;
    const red = await bench.measureAfter(write("price.js", "exports.price = () => 0;\nexports.free = () => 2;\n"));
    const whileRed = bench.steps.slice(before);
    const good = await bench.measureAfter(write("price.js", right));

    expect(red.heldOut).toBeUndefined();
    expect(whileRed).not.toContain("held-out checks");
    expect(overfit).toMatchObject({ verdict: "iterate", heldOut: { iterate: "failed" } });
    expect(half).toMatchObject({ verdict: "reject", heldOut: { iterate: "passed", reserve: "failed" } });
    expect(good).toMatchObject({ verdict: "accept", heldOut: { iterate: "passed", reserve: "passed" } });
    expect(JSON.stringify([overfit, half, red, good, bench.steps])).not.toContain("CANARY");
    expect(await textsBelow(join(bench.folder, "home"))).not.toContain("CANARY");
  });
});

test.each<[string, Readonly<Record<string, string>>]>([
  ["missing", {}],
  ["empty", { "checks.yaml": "iterate: []\n" }],
  ["broken", { "checks.yaml": "iterate: [" }],
  ["without its files", { "checks.yaml": "iterate: [{ label: a, cmd: node --test }]\n" }],
  ["full of checks that check nothing", { "checks.yaml": "iterate: [{ label: a, cmd: 'true' }]\n", "iterate/a": "" }],
  [
    "full of checks for a program that is not here",
    {
      "checks.yaml": "iterate: [{ label: a, cmd: no-such-program }, { label: b, cmd: node b.js }]\n",
      "iterate/b.js": "",
    },
  ],
  [
    "full of tests that no runner finds",
    {
      "checks.yaml": "iterate: [{ label: a, cmd: node a.js }]\n",
      "iterate/a.js": 'console.log("ℹ tests 0\\nℹ pass 0\\nℹ fail 0");\n',
    },
  ],
  [
    "in the way of a file of the work",
    { "checks.yaml": "iterate: [{ label: a, cmd: node price.js/a.js }]\n", "iterate/price.js/a.js": "" },
  ],
])("GT-09 a held-out folder that is %s never lets anything pass", async (_name, heldOut) => {
  await withHeldOut(heldOut, async (bench) => {
    const { verdict } = await bench.measureAfter(write("price.js", right));

    expect(verdict).toBe("block");
  });
});

test("GT-09 a file of the work in the place of a hidden one is not the one that runs", async () => {
  const heldOut = { "checks.yaml": "iterate: [{ label: a, cmd: node a.js }]\n", "iterate/a.js": "process.exit(1);\n" };
  await withHeldOut(heldOut, async (bench) => {
    const work = { "price.js": right, "a.js": "process.exit(0);\n" };

    const { heldOut: outcome } = await bench.measureAfter((worktree) => writeFiles(worktree, work));

    expect(outcome).toEqual({ iterate: "failed" });
  });
});

test("GT-09 a hidden check that ends well and reports a failure has failed", async () => {
  const report = 'console.log("ℹ tests 1\\nℹ pass 0\\nℹ fail 1");\n';
  const heldOut = { "checks.yaml": "iterate: [{ label: a, cmd: node a.js }]\n", "iterate/a.js": report };
  await withHeldOut(heldOut, async (bench) => {
    expect(await bench.measureAfter(write("price.js", right))).toMatchObject({ heldOut: { iterate: "failed" } });
  });
});

async function textsBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.map(({ name }) => name);
  const texts = entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(entry.parentPath, entry.name), "latin1"));
  return [...names, ...(await Promise.all(texts))].join("\n");
}
