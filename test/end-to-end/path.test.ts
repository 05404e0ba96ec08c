import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Simulation } from "../../src/agents/engines/simulation.ts";
import { offered, patience, prepareInstallation, runs, startInstallation } from "../support/installation.ts";
import { gitIn, visibleIn } from "../support/project.ts";

const right: Simulation = [
  { do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }, { say: "Fixed." }] },
];
const wrong: Simulation = [{ do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents * 3;\n" } }] }];
const work = runs(
  'codex exec "Fix the price"',
  "git diff --stat",
  "node --test",
  "git add -A",
  'git commit -m "Fix the price"',
);

test("IN-01 WT-02 RC-01 EN-06 LD-01 LD-02 BOT-01 a text becomes a checked branch, and a tap merges it", async () => {
  await using shop = await startInstallation({ script: work, simulation: right });
  const { ann, main } = shop;

  ann.sends("Fix the price");
  const card = await ann.sees("Fix the price", patience);
  const result = await offered(shop, "Merge");
  const base = gitIn(main, "rev-parse", "main");
  const [accepted = ""] = gitIn(main, "branch", "--list", "chargehand/accepted/*", "--format=%(refname:short)").split(
    "\n",
  );

  expect(card.silent).toBe(true);
  expect(result.silent).toBe(false);
  expect(result.keyboard.flat().map(({ text }) => text)).toEqual(["Merge", "Diff", "Ask for changes", "Discard"]);
  expect(gitIn(main, "show", `${accepted}:price.js`)).toBe("exports.price = (cents) => cents;");
  expect(await readFile(join(main, "price.js"), "utf8")).toContain("cents * 2");

  ann.taps(result, "Merge");
  await ann.sees(/[Mm]erged/, patience);

  expect(gitIn(main, "rev-list", "--parents", "-n", "1", "main").split(" ").slice(1)).toEqual([
    base,
    gitIn(main, "rev-parse", accepted),
  ]);
  expect(await readFile(join(main, "price.js"), "utf8")).toBe("exports.price = (cents) => cents;\n");
  await expect.poll(() => visibleIn(shop.baseDir), { timeout: patience.timeoutMs }).toEqual(["main"]);
});

test("BOT-01 the card shows what was done, line by line", async () => {
  await using shop = await startInstallation({ script: work, simulation: right });

  shop.ann.sends("Fix the price");
  await offered(shop, "Merge");
  const card = await shop.ann.sees(/✓ node --test/, patience);

  expect(card.text).toMatch(/✓ codex exec/);
  expect(card.text).toMatch(/✓ git commit/);
  expect(card.text).toContain("shop");
});

test("EN-09 any program may be an engine: it reads its order on stdin, says what it likes and is judged by its files", async () => {
  const agent = `#!/bin/sh
read -r order
echo "I was told: $order"
printf 'exports.price = (cents) => cents;\\n' > price.js
`;
  await using shop = await prepareInstallation({
    script: runs('engine mine "Fix the price"'),
    settings: { engines: { mine: { kind: "custom", command: ["./my-agent"] } } },
  });
  await writeFile(join(shop.folder, "my-agent"), agent, { mode: 0o755 });
  await shop.start("up");

  shop.ann.sends("Fix the price");
  await offered(shop, "Merge");

  const answer = shop.model.requests.at(-1)?.view?.toolResults[0]?.text;
  expect(answer).toMatch(/files in the worktree changed/);
  expect(answer).toMatch(/a claim, not a measurement[\s\S]*I was told: Fix the price/);
});

test("GT-17 SY-30 a red check goes back as facts and, fixed, is accepted in the second iteration", async () => {
  const simulation: Simulation = [{ onRun: 1, do: wrong[0]?.do ?? [] }, ...right];
  await using shop = await startInstallation({ script: runs('codex exec "Fix the price"'), simulation });

  shop.ann.sends("Fix the price");
  const result = await offered(shop, "Merge");

  const orders = shop.model.requests.map(({ view }) => view?.userText ?? "");
  expect(orders.some((text) => text.includes("is not accepted") && text.includes("a price is what it is"))).toBe(true);
  expect(result.text).toContain("unit");
});

test("GT-17 a job whose checks stay red is rejected after its iterations, says why, and leaves main alone", async () => {
  await using shop = await startInstallation({
    script: runs('codex exec "Fix the price"'),
    simulation: wrong,
    settings: { limits: { maxIterations: 2 } },
  });
  const base = gitIn(shop.main, "rev-parse", "main");

  shop.ann.sends("Fix the price");
  const result = await shop.ann.sees(/[Rr]ejected/, patience);
  const ending = shop.ann.chat.messages.filter(({ text }) => /rejected/i.test(text)).at(-1);

  expect(ending?.text).toContain('Check "unit" failed');
  expect(result.keyboard.flat().map(({ text }) => text)).not.toContain("Merge");
  expect(gitIn(shop.main, "rev-parse", "main")).toBe(base);
  const recovered = () => gitIn(shop.main, "for-each-ref", "--format=%(refname)", "refs/chargehand/recovery");
  await expect.poll(recovered, { timeout: patience.timeoutMs }).toMatch(/recovery\/[a-z0-9]{8}/);
});

test("GT-18 a job that changes nothing is never accepted, whatever it says", async () => {
  await using shop = await startInstallation({
    script: runs("git log --oneline"),
    settings: { limits: { maxIterations: 1 } },
  });

  shop.ann.sends("Fix the price");
  await shop.ann.sees(/[Rr]ejected/, patience);

  expect(shop.ann.chat.messages.some(({ text }) => text.includes("Nothing was changed"))).toBe(true);
  expect(gitIn(shop.main, "branch", "--list", "chargehand/*")).toBe("");
});
