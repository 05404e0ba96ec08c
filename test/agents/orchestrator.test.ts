import { join } from "node:path";
import { expect, test } from "vitest";
import { Conversation } from "../../src/agents/conversation.ts";
import { findModel } from "../../src/agents/model.ts";
import {
  type CommandAnswer,
  type CommandCall,
  type OrchestrationEnd,
  orchestrate,
} from "../../src/agents/orchestrator.ts";
import type { Usage } from "../../src/core/engine-event.ts";
import type { ModelAnswer, Script, ToolCall } from "../../src/emulators/model-server/script.ts";
import { sequence } from "../../src/emulators/model-server/script.ts";
import { type ModelServer, startModelServer } from "../../src/emulators/model-server/server.ts";
import { never, temporaryFolder } from "../support/project.ts";

const command = (text: string, worktree = "task-1"): ToolCall => ({
  name: "run_repo_command",
  arguments: { worktree, command: text },
});

interface Trial {
  readonly server: ModelServer;
  readonly path: string;
  readonly calls: CommandCall[];
  readonly spent: Usage[];
  run(options?: Partial<TrialRun>): Promise<OrchestrationEnd>;
}

interface TrialRun {
  readonly answer: (call: CommandCall) => Promise<CommandAnswer>;
  readonly maxTurns: number;
  readonly modelTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly modelName: string;
  readonly key: string;
}

/** One conversation with a scripted model; `run` may be called again, as after a restart. */
async function withModel<T>(script: Script | readonly ModelAnswer[], act: (trial: Trial) => Promise<T>): Promise<T> {
  await using folder = await temporaryFolder();
  await using server = await startModelServer({
    script: typeof script === "function" ? script : sequence(script),
    apiKey: "sk-test",
  });
  const path = join(folder.path, "conversation.json");
  const calls: CommandCall[] = [];
  const spent: Usage[] = [];
  const run: Trial["run"] = async (options = {}) => {
    const conversation = await Conversation.open(path);
    if (conversation.messages.length === 0) await conversation.add({ role: "user", content: "The task:\n\nFix it" });
    return orchestrate(
      {
        model: findModel(options.modelName ?? "openai/gpt-5.5", {
          openaiApiKey: options.key ?? "sk-test",
          openaiBaseUrl: server.url,
          anthropicApiKey: "sk-test",
          anthropicBaseUrl: server.url,
        }),
        instructions: "You lead one job.",
        conversation,
        runCommand: async (call) => {
          calls.push(call);
          if (options.answer !== undefined) return options.answer(call);
          await call.beforeStart();
          return { type: "answered", text: `ran ${call.command}` };
        },
        onUsage: async (usage) => void spent.push(usage),
        maxTurns: options.maxTurns ?? 10,
        modelTimeoutMs: options.modelTimeoutMs ?? 10_000,
      },
      options.signal ?? never,
    );
  };
  return await act({ server, path, calls, spent, run });
}

test.each(["openai/gpt-5.5", "compatible/any", "anthropic/claude-opus-5"])(
  "RC-01 PL-11 %s is offered one tool, hears what it gave, and ends with words",
  async (modelName) => {
    const script = [{ toolCalls: [command("git status --short")] }, { text: "Done: nothing was open." }];
    await withModel(script, async ({ server, calls, spent, run }) => {
      const end = await run({ modelName });

      expect(end).toEqual({ type: "ended", words: "Done: nothing was open." });
      expect(calls).toMatchObject([{ worktree: "task-1", command: "git status --short" }]);
      expect(server.requests.map(({ view }) => view?.toolNames)).toEqual([["run_repo_command"], ["run_repo_command"]]);
      expect(server.requests[1]?.view?.toolResults.map(({ text }) => text)).toEqual(["ran git status --short"]);
      expect(spent).toHaveLength(2);
    });
  },
);

test("RC-13 calls of one turn run together in different worktrees and in order in the same one", async () => {
  const both = [command("a1", "task-a"), command("b1", "task-b"), command("a2", "task-a")];
  await withModel([{ toolCalls: both }, { text: "Done." }], async ({ server, run }) => {
    const started: string[] = [];
    const release = Promise.withResolvers<void>();
    await run({
      answer: async (call) => {
        started.push(call.command);
        if (call.command === "b1") release.resolve();
        // a1 ends only after b1 has begun: in turn, this would never end.
        if (call.command === "a1") await release.promise;
        if (call.command === "a1") started.push("a1 ended");
        return { type: "answered", text: call.command };
      },
    });

    expect(started.indexOf("a2")).toBeGreaterThan(started.indexOf("a1 ended"));
    expect(server.requests[1]?.view?.toolResults.map(({ text }) => text)).toEqual(["a1", "b1", "a2"]);
  });
});

test("DU-03 after a crash nothing finished runs again, and what was unfinished is answered as interrupted", async () => {
  const script = [{ toolCalls: [command("first", "task-a"), command("second", "task-b")] }, { text: "Done." }];
  await withModel(script, async ({ server, calls, run }) => {
    const crash = new Error("crash");
    const firstEnded = Promise.withResolvers<void>();
    const first = run({
      answer: async (call) => {
        await call.beforeStart();
        if (call.command === "first") {
          firstEnded.resolve();
          return { type: "answered", text: "first ran" };
        }
        await firstEnded.promise;
        throw crash;
      },
    });
    await expect(first).rejects.toBe(crash);
    calls.length = 0;

    expect(await run()).toEqual({ type: "ended", words: "Done." });

    expect(calls).toEqual([]);
    const results = server.requests.at(-1)?.view?.toolResults.map(({ text }) => text) ?? [];
    expect(results[0]).toBe("first ran");
    expect(results[1]).toMatch(/^interrupted: .* inspect before repeating it\.$/);
  });
});

test("DU-02 a call that waits for a person ends the run, and the answer lets it go on where it was", async () => {
  const script = [{ toolCalls: [command("git fetch origin")] }, { text: "Done." }];
  await withModel(script, async ({ server, run }) => {
    expect(await run({ answer: async () => ({ type: "waiting", approvalId: "A" }) })).toEqual({ type: "waiting" });
    expect(server.requests).toHaveLength(1);

    const end = await run({ answer: async () => ({ type: "answered", text: "fetched" }) });

    expect(end).toEqual({ type: "ended", words: "Done." });
    expect(server.requests.at(-1)?.view?.toolResults.map(({ text }) => text)).toEqual(["fetched"]);
  });
});

test("DU-03 what is sent after a restart begins with exactly what was sent before it", async () => {
  const script = [
    { text: "Looking.", toolCalls: [command("one")] },
    { toolCalls: [command("two")] },
    { text: "Done." },
  ];
  await withModel(script, async ({ server, run }) => {
    await run({
      answer: async ({ command: text }) =>
        text === "one" ? { type: "answered", text } : { type: "waiting", approvalId: "A" },
    });
    await run({ answer: async () => ({ type: "answered", text: "two" }) });

    const inputs = server.requests.map(({ body }) => JSON.stringify((body as { input: unknown[] }).input).slice(1, -1));
    expect(inputs[1]?.startsWith(inputs[0] ?? "?")).toBe(true);
    expect(inputs[2]?.startsWith(inputs[1] ?? "?")).toBe(true);
  });
});

test("a tool call with broken JSON is told to the model, which may try again", async () => {
  const broken: ToolCall = { name: "run_repo_command", arguments: '{"worktree": "task-1", "comm' };
  await withModel(
    [{ toolCalls: [broken] }, { toolCalls: [command("git log")] }, { text: "Done." }],
    async ({ calls, run }) => {
      expect(await run()).toEqual({ type: "ended", words: "Done." });
      expect(calls.map((call) => call.command)).toEqual(["git log"]);
    },
  );
});

test("a tool that does not exist is told to the model", async () => {
  await withModel(
    [{ toolCalls: [{ name: "bash", arguments: { cmd: "ls" } }] }, { text: "Done." }],
    async ({ calls, run }) => {
      expect(await run()).toEqual({ type: "ended", words: "Done." });
      expect(calls).toEqual([]);
    },
  );
});

test.each<[string, ModelAnswer, string]>([
  ["401", { status: 401 }, "model-refused"],
  ["400", { status: 400, message: "no such parameter" }, "model-refused"],
  ["nothing", { text: "" }, "model-garbage"],
  ["garbage", { garbage: true }, "model-garbage"],
])("a model that answers %s fails with a name and a sentence", async (_name, answer, code) => {
  await withModel(
    () => answer,
    async ({ run }) => {
      await expect(run()).rejects.toMatchObject({ code, message: expect.stringMatching(/^[A-Z].*\.$/) });
    },
  );
});

test.each<[string, ModelAnswer]>([
  ["429", { status: 429, retryAfterSeconds: 0 }],
  ["500", { status: 500, retryAfterSeconds: 0 }],
])("a model that keeps answering %s is tried again and then called unavailable", async (_name, answer) => {
  await withModel(
    () => answer,
    async ({ server, run }) => {
      await expect(run()).rejects.toMatchObject({ code: "model-unavailable" });
      expect(server.requests.length).toBeGreaterThan(1);
    },
  );
});

test("a model that hangs is given up on in time", async () => {
  await withModel([{ hang: true }], async ({ run }) => {
    await expect(run({ modelTimeoutMs: 200 })).rejects.toMatchObject({
      code: "model-unavailable",
      message: expect.stringContaining("in time"),
    });
  });
});

test("DU-09 a cancel while the model thinks ends the run with the cancel's reason", async () => {
  await withModel([{ hang: true }], async ({ server, run }) => {
    const stop = new AbortController();
    const reason = new Error("Cancelled by Ann.");
    const running = run({ signal: stop.signal });
    await server.until(() => true, never);
    stop.abort(reason);

    await expect(running).rejects.toBe(reason);
  });
});

test("a model that never comes to an end is stopped after its turns", async () => {
  await withModel(
    () => ({ toolCalls: [command("git log")] }),
    async ({ server, run }) => {
      await expect(run({ maxTurns: 4 })).rejects.toThrow(/did not come to an end within 4 turns/);
      expect(server.requests).toHaveLength(4);
    },
  );
});
