import { describe, expect, test } from "vitest";
import { engineFor, engineNameOf, environmentFor } from "../../../src/agents/engines/registry.ts";
import { Config } from "../../../src/core/config.ts";

const config = Config.parse({
  projects: {},
  engines: {
    fast: { kind: "codex", model: "gpt-5.5" },
    claude: { kind: "claude", env: ["MY_KEY"] },
    mine: { kind: "custom" },
  },
});
const real = { realEngines: true };

describe("the engine of a name", () => {
  test("is the configured one, or else the first of that kind", () => {
    expect(engineFor("fast", config, real)).toMatchObject({
      engine: { kind: "codex" },
      settings: { model: "gpt-5.5" },
    });
    expect(engineFor("codex", config, real).settings).toBe(config.engines.fast);
  });

  test("must be known", () => {
    expect(() => engineFor("constructor", config, real)).toThrow(/no engine "constructor".*fast, claude, mine/);
  });

  test("EN-06 is played by the simulated engine unless real ones are wanted, in its own form of command", () => {
    const { engine, settings } = engineFor("claude", config, { realEngines: false });

    expect(engine.kind).toBe("simulated");
    expect(engine.readOrder(["claude", "-p", "Fix it"])).toMatchObject({ prompt: "Fix it" });
    expect(settings).toEqual({ kind: "simulated", env: ["CHARGEHAND_SIMULATION"], hosts: [] });
  });

  test("EN-06 stays what it is when it is a custom one", () => {
    expect(engineFor("mine", config, { realEngines: false }).engine.kind).toBe("custom");
  });

  test("stands first in a command, or after the word engine", () => {
    expect(engineNameOf(["codex", "exec", "x"])).toBe("codex");
    expect(engineNameOf(["engine", "mine", "x"])).toBe("mine");
  });
});

describe("RC-07 of the daemon's variables", () => {
  const environment = { MY_KEY: "m", OPENAI_API_KEY: "o", TELEGRAM_BOT_TOKEN: "t", CODEX_API_KEY: undefined };

  test("an engine sees the configured ones and nothing else", () => {
    expect(environmentFor(engineFor("claude", config, real), environment)).toEqual({ MY_KEY: "m" });
  });

  test("it sees the ones that sign it in where none are configured", () => {
    expect(environmentFor(engineFor("fast", config, real), environment)).toEqual({ OPENAI_API_KEY: "o" });
  });

  test("a simulated one sees no key at all", () => {
    expect(environmentFor(engineFor("fast", config, { realEngines: false }), environment)).toEqual({});
  });
});
