import { describe, expect, test } from "vitest";
import { claude } from "../../../src/agents/engines/claude.ts";
import { codex } from "../../../src/agents/engines/codex.ts";
import { custom } from "../../../src/agents/engines/custom.ts";
import type { Engine, EngineCall } from "../../../src/agents/engines/engine.ts";
import { opencode } from "../../../src/agents/engines/opencode.ts";

const call: EngineCall = {
  program: { argv: ["/bin/engine"], readOnly: [] },
  worktreePath: "/srv/shop/task",
  homePath: "/home/engine",
  environment: {},
};
const thread = "0c9d7a52-3a35-4b6e-8d0b-0a8f5c1c2d3e";

describe("EN-01 a Codex command", () => {
  test("TG-53 becomes headless: JSON, the prompt on stdin, its own sandbox, no questions", () => {
    const argv = argvOf(codex, ["codex", "exec", "Fix it"]);

    expect(argv.slice(0, 2)).toEqual(["/bin/engine", "exec"]);
    expect(argv.at(-1)).toBe("-");
    expect(argv).toEqual(expect.arrayContaining(["--json", "--skip-git-repo-check", "--ignore-user-config"]));
    expect(optionIn(argv, "--sandbox")).toBe("workspace-write");
    expect(argv).toContain('approval_policy="never"');
  });

  test.each([
    ["the sandbox it was given", ["-s", "read-only"], "--sandbox", "read-only"],
    ["a sandbox in one word", ["--sandbox=read-only"], "--sandbox", "read-only"],
    ["a model", ["-m", "gpt-5.5"], "--model", "gpt-5.5"],
    ["an effort", ["-c", "model_reasoning_effort=high"], "--config", "model_reasoning_effort=high"],
    ["a file for the answer", ["-o", "answer.txt"], "--output-last-message", "answer.txt"],
    ["a picture", ["-i", "screen.png"], "--image", "screen.png"],
  ])("keeps %s", (_, options, name, value) => {
    const argv = argvOf(codex, ["codex", "exec", ...options, "Fix it"]);

    expect(optionIn(argv, name)).toBe(value);
    if (name !== "--config") expect(argv.filter((word) => word === name)).toHaveLength(1);
  });

  test("says once what it was told and we say anyway", () => {
    const argv = argvOf(codex, ["codex", "exec", "--json", "--color", "always", "--skip-git-repo-check", "Fix it"]);

    expect(argv.filter((word) => word === "--json")).toHaveLength(1);
    expect(argv.filter((word) => word === "--skip-git-repo-check")).toHaveLength(1);
    expect(optionIn(argv, "--color")).toBe("never");
  });

  test("translates --full-auto of older versions", () => {
    expect(optionIn(argvOf(codex, ["codex", "exec", "--full-auto", "Fix it"]), "--sandbox")).toBe("workspace-write");
  });

  test("EN-04 goes on with a thread, its options before that", () => {
    expect(argvOf(codex, ["codex", "exec", "resume", thread, "Go on"]).slice(-3)).toEqual(["resume", thread, "-"]);
    expect(argvOf(codex, ["codex", "exec", "resume", "--last", "Go on"]).slice(-3)).toEqual(["resume", "--last", "-"]);
    expect(codex.readOrder(["codex", "exec", "resume"])).toMatchObject({ prompt: "resume" });
  });

  test("takes one prompt", () => {
    expect(() => codex.readOrder(["codex", "exec", "one", "two"])).toThrow(/one quoted prompt/);
    expect(() => codex.readOrder(["codex", "login"])).toThrow(/codex exec/);
  });

  test("goes to another service with a key of its own", () => {
    const environment = { MY_KEY: "secret" };
    const argv = argvOf(codex, ["codex", "exec", "Fix it"], { baseUrl: "http://127.0.0.1:9/v1", environment });

    expect(argv).toContain('model_provider="chargehand"');
    expect(argv).toContain(
      'model_providers.chargehand={name="custom",base_url="http://127.0.0.1:9/v1",wire_api="responses",env_key="MY_KEY"}',
    );
  });

  test("is signed in by the key people have", () => {
    const { env } = codex.launch({ prompt: "Fix it", options: [] }, { ...call, environment: { OPENAI_API_KEY: "k" } });

    expect(env.CODEX_API_KEY).toBe("k");
  });
});

describe("EN-01 a Claude Code command", () => {
  test("TG-53 becomes headless: JSON, nobody to ask, no settings of the repository", () => {
    const argv = argvOf(claude, ["claude", "-p", "Fix it"]);

    expect(argv.slice(0, 2)).toEqual(["/bin/engine", "--print"]);
    expect(optionIn(argv, "--output-format")).toBe("stream-json");
    expect(optionIn(argv, "--permission-mode")).toBe("acceptEdits");
    expect(optionIn(argv, "--permission-prompts")).toBe("none");
    expect(optionIn(argv, "--setting-sources")).toBe("user");
    expect(optionIn(argv, "--allowedTools")).toContain("Bash");
  });

  test("keeps a narrower permission and does not widen it", () => {
    const planning = argvOf(claude, ["claude", "-p", "--permission-mode", "plan", "Plan it"]);
    const reading = argvOf(claude, ["claude", "-p", "--allowedTools", "Read,Grep", "Look"]);

    expect(optionIn(planning, "--permission-mode")).toBe("plan");
    expect(planning).not.toContain("--allowedTools");
    expect(reading.filter((word) => word === "--allowedTools")).toHaveLength(1);
    expect(optionIn(reading, "--allowedTools")).toBe("Read,Grep");
  });

  test("says once what it was told and we say anyway", () => {
    const argv = argvOf(claude, ["claude", "--print", "--verbose", "--output-format", "text", "Fix it"]);

    expect(argv.filter((word) => word === "--verbose")).toHaveLength(1);
    expect(optionIn(argv, "--output-format")).toBe("stream-json");
  });

  test("adds our guidance to that of the orchestrator", () => {
    const command = ["claude", "-p", "--append-system-prompt", "Be brief.", "Fix it"];
    const argv = argvOf(claude, command, { guidance: "Be kind." });

    expect(argv.filter((word) => word === "--append-system-prompt")).toHaveLength(1);
    expect(optionIn(argv, "--append-system-prompt")).toBe("Be brief.\n\nBe kind.");
  });

  test("EN-04 goes on with a thread or with the newest", () => {
    expect(optionIn(argvOf(claude, ["claude", "-p", "-r", thread, "Go on"]), "--resume")).toBe(thread);
    expect(argvOf(claude, ["claude", "-p", "-c", "Go on"])).toContain("--continue");
  });

  test("is a run only with -p", () => {
    expect(() => claude.readOrder(["claude", "Fix it"])).toThrow(/claude -p/);
  });

  test.each(["http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/", "http://127.0.0.1:9/", "http://127.0.0.1:9"])(
    "goes to another service: %s",
    (baseUrl) => {
      const { env } = claude.launch({ prompt: "Fix it", options: [] }, { ...call, baseUrl });

      expect(env.ANTHROPIC_BASE_URL).toBe("http://127.0.0.1:9");
    },
  );
});

describe("EN-01 an OpenCode command", () => {
  test("TG-53 becomes headless: JSON, no plugins, no configuration of the repository", () => {
    const { argv, env } = opencode.launch(opencode.readOrder(["opencode", "run", "Fix", "it"]), call);

    expect(argv).toEqual(["/bin/engine", "run", "--format", "json", "--pure"]);
    expect(env.OPENCODE_DISABLE_PROJECT_CONFIG).toBe("1");
    expect(JSON.parse(env.OPENCODE_CONFIG_CONTENT ?? "")).toMatchObject({ share: "disabled", autoupdate: false });
  });

  test("keeps its files and agent, and says its format once", () => {
    const argv = argvOf(opencode, [
      "opencode",
      "run",
      "--format",
      "default",
      "-f",
      "a.ts",
      "-f",
      "b.ts",
      "--agent",
      "plan",
      "Look",
    ]);

    expect(argv.slice(-6)).toEqual(["--agent", "plan", "--file", "a.ts", "--file", "b.ts"]);
    expect(argv.filter((word) => word === "--format")).toHaveLength(1);
    expect(optionIn(argv, "--format")).toBe("json");
  });

  test("EN-04 goes on with a thread or with the newest", () => {
    expect(optionIn(argvOf(opencode, ["opencode", "run", "-s", "ses_1", "Go on"]), "--session")).toBe("ses_1");
    expect(argvOf(opencode, ["opencode", "run", "-c", "Go on"])).toContain("--continue");
  });

  test("goes to another service under a provider of ours, whatever provider the model names", () => {
    const environment = { LOCAL_KEY: "secret" };
    const order = opencode.readOrder(["opencode", "run", "-m", "acme/coder-1", "Fix it"]);
    const { argv, env } = opencode.launch(order, { ...call, baseUrl: "http://127.0.0.1:9/v1", environment });

    expect(optionIn(argv, "--model")).toBe("chargehand/coder-1");
    expect(JSON.parse(env.OPENCODE_CONFIG_CONTENT ?? "").provider.chargehand).toMatchObject({
      options: { baseURL: "http://127.0.0.1:9/v1", apiKey: "{env:LOCAL_KEY}" },
      models: { "coder-1": {} },
    });
    expect(() => opencode.launch({ prompt: "x", options: [] }, { ...call, baseUrl: "http://x" })).toThrow(/a model/);
  });
});

test("EN-01 any engine understands the form that suits all", () => {
  const order = custom.readOrder(["engine", "mine", "--model", "small", "--resume", "t1", "Fix it"]);

  expect(order).toEqual({ prompt: "Fix it", options: [], model: "small", resume: { threadId: "t1" } });
  expect(custom.launch(order, call).env).toMatchObject({ CHARGEHAND_MODEL: "small", CHARGEHAND_THREAD_ID: "t1" });
  expect(optionIn(codex.launch(order, call).argv, "--model")).toBe("small");
});

function argvOf(engine: Engine, command: readonly string[], change: Partial<EngineCall> = {}): readonly string[] {
  return engine.launch(engine.readOrder(command), { ...call, ...change }).argv;
}

function optionIn(argv: readonly string[], name: string): string | undefined {
  return argv[argv.indexOf(name) + 1];
}
