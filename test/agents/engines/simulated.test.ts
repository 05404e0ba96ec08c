import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { adversaries, type SimulatedTask } from "../../../src/agents/engines/adversaries.ts";
import { custom } from "../../../src/agents/engines/custom.ts";
import type { EngineCall, EngineOrder } from "../../../src/agents/engines/engine.ts";
import { simulated } from "../../../src/agents/engines/simulated.ts";
import { Simulation } from "../../../src/agents/engines/simulation.ts";
import type { EngineEvent } from "../../../src/core/engine-event.ts";
import { temporaryFolder, writeFiles } from "../../support/project.ts";
import { runEngine } from "../../support/run-engine.ts";

const order: EngineOrder = { prompt: "Fix the sum", options: [] };
const task: SimulatedTask = {
  path: "sum.js",
  find: "a - b",
  fix: "a + b",
  overfit: "3",
  flaky: "Date.now() % 2 ? a + b : 0",
  testPath: "sum.test.js",
};

describe("EN-06 the simulated engine", () => {
  test("without a script leaves a note and says what it is", async () => {
    await using place = await makePlace();

    const { completed } = await runEngine(simulated, { order, call: place.call });
    await runEngine(simulated, { order: { ...order, prompt: "And\nagain" }, call: place.call });

    expect(completed).toMatchObject({ ok: true, answer: expect.stringMatching(/^Simulated: no model was asked/) });
    expect(completed.usage).toEqual({ inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, usd: 0 });
    expect(await place.read("CHARGEHAND_SIMULATED.md")).toBe("- Fix the sum\n- And again\n");
  });

  test("plays the first scenario that fits the prompt, with real edits and real commands", async () => {
    await using place = await makePlace([
      { when: "docs", do: [{ fail: "not this one" }] },
      {
        when: "fix the sum",
        do: [
          { write: { path: "new/file.txt", text: "new\n" } },
          { replace: { path: "sum.js", find: "a - b", with: "a + b" } },
          { remove: "sum.test.js" },
          { run: ["test", "-e", "new/file.txt"] },
          { run: ["false"] },
          { sleepMs: 1 },
          { say: "Done so." },
        ],
      },
    ]);

    const { events, completed } = await runEngine(simulated, { order, call: place.call });

    expect(completed).toMatchObject({ ok: true, answer: "Done so." });
    expect(await place.read("new/file.txt")).toBe("new\n");
    expect(await place.read("sum.js")).toContain("a + b");
    expect(await readdir(place.call.worktreePath)).not.toContain("sum.test.js");
    expect(events).toContainEqual(expect.objectContaining({ kind: "command", phase: "completed", ok: true }));
    expect(events).toContainEqual(expect.objectContaining({ kind: "command", phase: "completed", ok: false }));
  });

  test("says so when its script does not fit the files", async () => {
    await using place = await makePlace([{ do: [{ replace: { path: "sum.js", find: "nowhere", with: "x" } }] }]);

    const { completed, exitCode } = await runEngine(simulated, { order, call: place.call });

    expect(completed).toMatchObject({ ok: false, error: expect.stringContaining("sum.js does not contain") });
    expect(exitCode).toBe(1);
  });

  test("goes on with the thread it is given", async () => {
    await using place = await makePlace();

    const { completed } = await runEngine(simulated, {
      order: { ...order, resume: { threadId: "t7" } },
      call: place.call,
    });

    expect(completed).toMatchObject({ ok: true, threadId: "t7" });
  });

  test("must be able to read its script, which a sandbox would hide", async () => {
    await using place = await makePlace([{ do: [] }]);

    expect(simulated.launch(order, place.call).readOnly).toContain(place.call.environment.CHARGEHAND_SIMULATION);
  });
});

describe("EN-07 an adversarial engine", () => {
  test.each([
    ["honest", true, "a + b"],
    ["cheat", true, "a - b"],
    ["flaky", true, "Date.now()"],
    ["noop", true, "a - b"],
    ["liar", true, "a - b"],
    ["chatty", true, "a + b"],
    ["badjson", false, "a + b"],
    ["blocked", false, "a - b"],
    ["error", false, "a - b"],
  ] as const)("%s: ok as it says is %s, and the files hold %s", async (name, ok, text) => {
    await using place = await makePlace(adversaries[name](task));

    const { completed } = await runEngine(simulated, { order, call: place.call });

    expect(completed.ok).toBe(ok);
    expect(await place.read("sum.js")).toContain(text);
  });

  test("cheat deletes the test and boasts", async () => {
    await using place = await makePlace(adversaries.cheat(task));

    const { completed } = await runEngine(simulated, { order, call: place.call });

    expect(completed.answer).toBe("All tests pass now.");
    expect(await readdir(place.call.worktreePath)).not.toContain("sum.test.js");
  });

  test("overfit_then_fix does right only in its second run", async () => {
    await using place = await makePlace(adversaries.overfit_then_fix(task));

    await runEngine(simulated, { order, call: place.call });
    const first = await place.read("sum.js");
    await runEngine(simulated, { order, call: place.call });

    expect(first).toContain("=> 3");
    expect(await place.read("sum.js")).toContain("a + b");
  });

  test("chatty prints megabytes, all of it read", async () => {
    await using place = await makePlace(adversaries.chatty(task));

    const { events } = await runEngine(simulated, { order, call: place.call });

    expect(events.length).toBeGreaterThan(8_000);
  });

  test("hang is still there when it is ended", async () => {
    await using place = await makePlace(adversaries.hang());
    const ending = new AbortController();
    const endAtFirstAction = ({ type }: EngineEvent) => type === "action" && ending.abort();

    const { completed, exitCode } = await runEngine(
      simulated,
      { order, call: place.call, onEvent: endAtFirstAction },
      ending.signal,
    );

    expect(completed).toMatchObject({ ok: false });
    expect(exitCode).toBeNull();
  });

  test("escape leaves a process behind that edits later", async () => {
    await using place = await makePlace(adversaries.escape(task));

    const { completed } = await runEngine(simulated, { order, call: place.call });
    expect(completed.ok).toBe(true);

    await vi.waitFor(async () => expect(await place.read("sum.js")).toBe("late\n"), { timeout: 15_000 });
  });
});

describe("EN-09 a custom engine", () => {
  test("is any program: it edits where it is started and speaks plainly", async () => {
    await using place = await makePlace();
    const script = ["#!/bin/sh", "read -r order", 'echo "Order: $order"', "echo fixed > sum.js", 'echo "Fixed."'];
    const path = join(place.call.homePath, "agent");
    await writeFile(path, script.join("\n"));
    await chmod(path, 0o755);

    const call = { ...place.call, program: { argv: [path], readOnly: [path] } };
    const { completed } = await runEngine(custom, { order: { ...order, prompt: "Fix it\n" }, call });

    expect(completed).toMatchObject({ ok: true, answer: "Order: Fix it\nFixed." });
    expect(await place.read("sum.js")).toBe("fixed\n");
  });
});

test("EN-06 a script that means nothing is refused by its schema", () => {
  expect(Simulation.safeParse([{ when: "(", do: [] }]).success).toBe(false);
  expect(Simulation.safeParse([{ do: [{ dance: true }] }]).success).toBe(false);
});

/** A worktree with a bug in it and, beside it, a home and a script. */
async function makePlace(simulation?: Simulation) {
  const folder = await temporaryFolder();
  const worktreePath = join(folder.path, "task");
  const homePath = join(folder.path, "home");
  const script = join(folder.path, "simulation.json");
  await mkdir(homePath);
  await writeFiles(worktreePath, { "sum.js": "export const sum = (a, b) => a - b;\n", "sum.test.js": "// a test\n" });
  if (simulation) await writeFile(script, JSON.stringify(simulation));
  const call: EngineCall = {
    program: simulated.ownProgram ?? { argv: [], readOnly: [] },
    worktreePath,
    homePath,
    environment: simulation ? { CHARGEHAND_SIMULATION: script } : {},
  };
  return {
    call,
    read: (path: string) => readFile(join(worktreePath, path), "utf8"),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
