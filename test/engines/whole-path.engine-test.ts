import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Script } from "../../src/emulators/model-server/script.ts";
import { readLedger } from "../../src/platform/ledger-file.ts";
import { engineScript, scriptByPrompt } from "../support/engine-scripts.ts";
import { command, type Installation, offered, patience, startInstallation } from "../support/installation.ts";
import { gitIn, visibleIn } from "../support/project.ts";
import { type RealEngine, realProgram } from "./install.ts";
import { realEngines } from "./place.ts";

/** What the scripted orchestrator orders: a beginning, and then to go on with the same thread. */
const orders: Record<RealEngine, readonly [begin: string, goOn: (threadId: string) => string]> = {
  codex: ['codex exec "Halve the price"', (threadId) => `codex exec resume ${threadId} "Leave the price alone"`],
  claude: ['claude -p "Halve the price"', (threadId) => `claude -p --resume ${threadId} "Leave the price alone"`],
  opencode: [
    'opencode run "Halve the price"',
    (threadId) => `opencode run --session ${threadId} "Leave the price alone"`,
  ],
};

const halved = "exports.price = (cents) => cents / 2;\n";
const right = "exports.price = (cents) => cents;\n";

describe.each(realEngines)("the real $name, in a job from the phone", ({ name, keyName, model }) => {
  test("EN-01 RC-01 RC-06 EN-03 EN-04 edits in its sandbox, goes on with its thread, is counted once, and merged", async () => {
    const engine = { kind: name, command: [realProgram(name)], env: [keyName], model };
    await using shop = await startInstallation({
      script: bothModels(name),
      environment: { ENABLE_REAL_CLI: "1", ANTHROPIC_API_KEY: "sk-test-1234567890" },
      settings: ({ url }) => ({ engines: { [name]: { ...engine, baseUrl: url } }, roles: { engine: name } }),
    });
    const { ann, main, baseDir } = shop;

    ann.sends("Put the price right");
    ann.taps(await offered(shop, "Merge", ann, engineTime), "Merge");
    await ann.sees(/Merged into main/, patience);

    expect(await readFile(join(main, "price.js"), "utf8")).toBe(right);
    expect(await engineRunsOf(shop)).toEqual([spentInFourTurns, spentInFourTurns]);
    expect(seenByEngine(shop, /fail \d+/)).toEqual(["fail 1", "fail 0"]);
    expect(seenByEngine(shop, /chargehand\.yaml.*No such file/)).toHaveLength(2);
    expect(shop.log()).not.toContain("not ready");
    await expect.poll(() => visibleIn(baseDir), { timeout: 30_000 }).toEqual(["main"]);
    expect(gitIn(main, "status", "--porcelain")).toBe("");
  });
});

/** One server plays the orchestrator's model and the engine's; they are told apart by their tools. */
function bothModels(name: RealEngine): Script {
  const [begin, goOn] = orders[name];
  const engine = scriptByPrompt([
    [/Halve the price/, editAndTest(halved)],
    [/Leave the price alone/, editAndTest(right)],
  ]);
  return (request, signal) => {
    if (!isOrchestrator(request.toolNames)) return engine(request, signal);
    const [, worktree = ""] = /^- (task-[a-z0-9]+):/m.exec(request.instructions) ?? [];
    const [, threadId = ""] = /^Thread: (\S+)$/m.exec(request.toolResults[0]?.text ?? "") ?? [];
    const next = [begin, goOn(threadId)][request.turnOfPrompt];
    return next === undefined ? { text: "The price is right." } : { toolCalls: [command(next, worktree)] };
  };
}

function editAndTest(text: string): Script {
  const edit = [{ read: "price.js" }, { write: { path: "price.js", text } }];
  return engineScript([...edit, { run: "ls ../../chargehand.yaml; node --test" }, { say: "I changed the price." }]);
}

/** Two runs of OpenCode, on a machine that is busy with other things. */
const engineTime = { timeoutMs: 500_000 };

/** Of the scripted model: an answer costs the same each time, and a run is four of them. */
const spentInFourTurns = { inputTokens: 400, cachedInputTokens: 160, outputTokens: 80 };

/** What each run of an engine was counted with, all in one thread. */
async function engineRunsOf({ home }: Installation) {
  const [jobId = ""] = await readdir(join(home, "jobs"));
  const entries = await readLedger(join(home, "jobs", jobId, "ledger.jsonl"));
  const spendings = entries.flatMap(({ event }) => (event.type === "spent" && event.role === "engine" ? [event] : []));
  const [first, second] = spendings;
  expect(second?.threadId).toBe(first?.threadId);
  expect(second?.usage.usd ?? 0).toBeCloseTo(first?.usage.usd ?? 0, 9);
  return spendings.map(({ usage: { usd, ...tokens } }) => tokens);
}

/** Of what the engine's own command printed, in each of its runs: the tests, and that it cannot look around. */
function seenByEngine({ model }: Installation, pattern: RegExp): string[] {
  const views = model.requests.flatMap(({ view }) => view ?? []);
  const last = views.filter(({ turnOfPrompt, toolNames }) => turnOfPrompt === 3 && !isOrchestrator(toolNames));
  return last.flatMap(({ toolResults }) => pattern.exec(toolResults.at(-1)?.text ?? "")?.[0] ?? []);
}

function isOrchestrator(toolNames: readonly string[]): boolean {
  return toolNames.includes("run_repo_command");
}
