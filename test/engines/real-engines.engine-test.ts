import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { EngineCall } from "../../src/agents/engines/engine.ts";
import { checkEngine } from "../../src/agents/engines/preflight.ts";
import { engines } from "../../src/agents/engines/registry.ts";
import type { Script } from "../../src/emulators/model-server/script.ts";
import { type ModelServer, startModelServer } from "../../src/emulators/model-server/server.ts";
import { editFileScript, engineScript } from "../support/engine-scripts.ts";
import { gitIn, never } from "../support/project.ts";
import { runEngine } from "../support/run-engine.ts";
import { realProgram } from "./install.ts";
import { makePlace, type Place, realCall, realEngines } from "./place.ts";

const greeting = { path: "greeting.txt", text: "hello\nworld\n" };

describe.each(realEngines)("the real $name", (real) => {
  const { name, command, keyName } = real;
  const engine = engines[name];
  const settings = { kind: name, command: [realProgram(name)], env: [keyName], hosts: [] };
  const order = engine.readOrder(command);

  test("EN-01 EN-02 EN-10 is guided by the repository and by us, edits with its own tools, and tells of it", async () => {
    await using place = await makePlace();
    await using server = await startModelServer({ script: editFileScript(greeting), apiKey: "secret" });
    const call = { ...callFor(place, server), guidance: 'Say "please" in English.' };

    const { events, completed } = await runEngine(engine, { order, call });

    expect(await readFile(join(place.worktreePath, "greeting.txt"), "utf8")).toBe("hello\nworld\n");
    expect(gitIn(place.worktreePath, "status", "--short")).toBe("M greeting.txt");
    const asked = JSON.stringify(server.requests.find(({ view }) => view?.toolNames.length)?.body);
    expect(asked).toContain("Indent by two spaces.");
    expect(asked).toContain(String.raw`Say \"please\" in English.`);
    expect(completed).toMatchObject({ ok: true, answer: "I wrote greeting.txt." });
    expect(events[0]).toMatchObject({ type: "started", threadId: completed.threadId });
    expect(events).toContainEqual(
      expect.objectContaining({ type: "action", kind: "edit", phase: "completed", ok: true }),
    );
    expect(events.filter(({ type }) => type !== "action")).toHaveLength(2);
    expect(completed.usage).toMatchObject({ inputTokens: 300, cachedInputTokens: 120, outputTokens: 60 });
    expect(events).not.toContainEqual(expect.objectContaining({ kind: "other" }));
  });

  test("EN-04 says that a thread is lost when there is none of that name", async () => {
    await using place = await makePlace();
    await using server = await startModelServer({ script: editFileScript(greeting) });
    const resume = { threadId: name === "opencode" ? "ses_unknown" : "00000000-0000-4000-8000-000000000000" };

    const { completed } = await runEngine(engine, { order: { ...order, resume }, call: callFor(place, server) });

    expect(completed).toMatchObject({ ok: false, failure: "thread-lost" });
  });

  test("EN-08 tells a spent quota from other failures", async () => {
    await using place = await makePlace();
    const script: Script = () => ({ status: 400, message: "You exceeded your current quota." });
    await using server = await startModelServer({ script });

    const { completed } = await runEngine(engine, { order, call: callFor(place, server) });

    expect(completed).toMatchObject({ ok: false, failure: "limited", error: expect.stringContaining("quota") });
  });

  test("EN-05 is found, new enough and signed in", async () => {
    const deps = { searchPath: "", folder: "/", environment: { [keyName]: "secret" } };

    const check = await checkEngine({ engine, settings }, deps, never);

    expect(check).toMatchObject({ found: true, meetsMinimum: true, isSignedIn: true, version: engine.minimumVersion });
    expect(check.remedy).toBeUndefined();
  });

  function callFor(place: Place, server: ModelServer): EngineCall {
    return { ...realCall(real, place), baseUrl: server.url };
  }
});

test("RC-07 the real codex hides its key from the commands it runs, and is the native program", async () => {
  await using place = await makePlace();
  await using server = await startModelServer({ script: engineScript([{ run: "env" }, { say: "Seen." }]) });
  const order = { prompt: "Look around", options: [] };
  const call = {
    ...realCall({ name: "codex", keyName: "OPENAI_API_KEY", model: "gpt-5.5" }, place),
    baseUrl: server.url,
  };

  await runEngine(engines.codex, { order, call });

  const [result] = server.requests.at(-1)?.view?.toolResults ?? [];
  expect(call.program.argv[0]).toMatch(/vendor\/.*\/bin\/codex$/);
  expect(result?.text).toContain("HOME=");
  expect(result?.text).not.toContain("secret");
});
