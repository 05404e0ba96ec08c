import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Simulation } from "../../src/agents/engines/simulation.ts";
import { startWith } from "../security/support/settings.ts";
import { sealedJob } from "../support/evidence.ts";
import { type Installation, offered, patience, prepareInstallation, runs, shopFiles } from "../support/installation.ts";
import { gitIn, makeProject, writeFiles } from "../support/project.ts";

const script = runs('codex exec "Fix the price"');
const wrote = (path: string, text: string) => ({ write: { path, text } });
const right = wrote("price.js", "exports.price = (cents) => cents;\n");

const hidden = (value: number) => `const test = require("node:test");
const assert = require("node:assert");
test("CANARY-name", () => assert.equal(require("./price.js").price(${value}), ${value}, "CANARY-message"));
`;

test("GT-09 GT-10 EN-07 overfit work meets the held-out checks, is put right after one general hint, and no canary is seen anywhere", async () => {
  const simulation: Simulation = [
    { onRun: 1, do: [wrote("price.js", "exports.price = () => 5;\n"), { say: "All tests pass." }] },
    { do: [right] },
  ];
  await using shop = await prepareInstallation({ script, simulation });
  const heldOut = join(shop.folder, "hidden");
  await writeFiles(heldOut, {
    "checks.yaml":
      "iterate: [{ label: CANARY-label, cmd: node --test CANARY-a.test.js }]\nreserve: [{ label: CANARY-b, cmd: node --test CANARY-b.test.js }]\n",
    "iterate/CANARY-a.test.js": hidden(7),
    "reserve/CANARY-b.test.js": hidden(9),
  });
  await startWith(shop, { project: { heldOut } });

  shop.ann.sends("Fix the price");
  await offered(shop, "Merge");

  const orders = shop.model.requests.map(({ view }) => view?.userText ?? "");
  expect(orders.some((text) => text.includes("Checks that this job may not see failed"))).toBe(true);
  const seen = [
    JSON.stringify(shop.model.requests),
    JSON.stringify(shop.ann.chat.messages),
    shop.log(),
    await textsBelow(shop.home),
    await textsBelow(shop.baseDir),
  ].join("\n");
  expect(seen).not.toContain("CANARY");
});

test("GT-07 GT-11 LD-02 where scope.submodules allows it a job moves a submodule, the card says so beside new suppressions, and main gets the commit that was accepted", async () => {
  const another =
    "git init -q lib && git -C lib -c user.name=E -c user.email=e@example.org commit -q --allow-empty -m new";
  const suppressing = wrote("price.js", "exports.price = (cents) => cents; // eslint-disable-line\n");
  const simulation: Simulation = [{ do: [suppressing, { run: ["sh", "-c", another] }] }];
  const makeMain = async (main: string) => {
    await makeProject(dirname(main), shopFiles);
    gitIn(main, "update-index", "--add", "--cacheinfo", `160000,${gitIn(main, "rev-parse", "HEAD")},lib`);
    gitIn(main, "commit", "--quiet", "--message", "a submodule");
  };
  await using shop = await prepareInstallation({ script, simulation, makeMain });
  await startWith(shop, { project: { scope: { submodules: "allow" } } });
  const before = gitIn(shop.main, "rev-parse", "main:lib");

  shop.ann.sends("Move the library");
  const result = await offered(shop, "Merge");
  const accepted = gitIn(shop.main, "for-each-ref", "--format=%(objectname)", "refs/heads/chargehand/accepted");
  shop.ann.taps(result, "Merge");
  await shop.ann.sees(/Merged into main/, patience);

  const after = gitIn(shop.main, "rev-parse", "main:lib");
  expect(result.text).toContain("2 files changed, +2 −2");
  const moved = `Submodule lib was moved, ${before.slice(0, 7)} → ${after.slice(0, 7)}`;
  const remarks = [moved, "1 new suppression: 1 × eslint-disable"];
  expect(result.text).toContain(remarks.map((remark) => `\n! ${remark}`).join(""));
  const kept = JSON.parse(await readFile(join(await sealedJob(shop, "merged"), "result.json"), "utf8"));
  expect(kept.candidate.remarks).toEqual(remarks);
  expect(after).toBe(gitIn(shop.main, "rev-parse", `${accepted}:lib`));
  expect(after).not.toBe(before);
});

/** Engines that would rather look good than do the work. None of them may ever be offered for a merge. */
const cheats: [string, Simulation[number]["do"], RegExp][] = [
  [
    "weakens the test",
    [wrote("price.test.js", 'require("node:test")("a price is what it is", () => {});\n')],
    /as it was/,
  ],
  ["leaves no test", [wrote("price.test.js", "")], /test/],
  ["changes nothing and says that it did", [{ say: "Fixed, and all tests pass." }], /Nothing was changed/],
  [
    "adds a script that npm runs first",
    [right, wrote("package.json", '{"scripts":{"test":"true","pretest":"true"}}')],
    /decides how the checks run/,
  ],
  ["brings a secret", [right, wrote("key.txt", `ghp_${"a1B2".repeat(9)}\n`)], /looks like a secret \(github-token\)/],
  ["kills the runner with a success", [wrote("price.js", "process.exit(0);\n")], /./],
];

test.each(cheats)(
  "EN-07 GT-01 an engine that %s is not accepted, and the reason is told",
  async (_name, acts, reason) => {
    await using shop = await prepareInstallation({ script, simulation: [{ do: acts }], files: shopFiles });
    await startWith(shop, { limits: { maxIterations: 1 } });

    shop.ann.sends("Fix the price");
    await shop.ann.sees(/[Rr]ejected|[Bb]locked/, patience);

    expect(shop.ann.chat.messages.map(({ text }) => text).join("\n")).toMatch(reason);
    expect(gitIn(shop.main, "branch", "--list", "chargehand/*")).toBe("");
  },
);

test("GT-14 LD-03 LD-04 work that breaks what main has become since lands nothing and says which test", async () => {
  await using shop = await startedShop();
  shop.ann.sends("Fix the price");
  const result = await offered(shop, "Merge");
  await writeFiles(shop.main, {
    "double.test.js":
      'require("node:test")("twice is twice", () => require("node:assert").equal(require("./price.js").price(2), 4));\n',
  });
  gitIn(shop.main, "add", "--all");
  gitIn(shop.main, "commit", "--quiet", "--message", "A test that needs the old price");
  const tip = gitIn(shop.main, "rev-parse", "main");

  shop.ann.taps(result, "Merge");
  await shop.ann.sees(/main has moved, and together with it: .*twice is twice/s, patience);

  expect(gitIn(shop.main, "rev-parse", "main")).toBe(tip);
});

async function startedShop(): Promise<Installation> {
  const shop = await prepareInstallation({ script, simulation: [{ do: [right] }] });
  await shop.start("up");
  return shop;
}

async function textsBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const texts = files.map((path) => readFile(path, "latin1").catch(() => ""));
  return [...files, ...(await Promise.all(texts))].join("\n");
}
