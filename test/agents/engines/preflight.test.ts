import { chmod, mkdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkEngine, isAtLeast } from "../../../src/agents/engines/preflight.ts";
import { findEngineProgram } from "../../../src/agents/engines/program.ts";
import { type ChosenEngine, engines } from "../../../src/agents/engines/registry.ts";
import type { EngineConfig } from "../../../src/core/config.ts";
import { never, temporaryFolder } from "../../support/project.ts";

describe("EN-05 the preflight of an engine", () => {
  test("passes one that is installed, new enough and signed in", async () => {
    await using folder = await temporaryFolder();
    await program(join(folder.path, "claude"), 'echo "2.1.400 (Claude Code)"');

    const check = await checkEngine(chosen("claude"), deps(folder.path, { ANTHROPIC_API_KEY: "k" }), never);

    expect(check).toMatchObject({ found: true, version: "2.1.400", meetsMinimum: true, isSignedIn: true });
    expect(check.program?.argv).toEqual([join(folder.path, "claude")]);
    expect(check.remedy).toBeUndefined();
  });

  test("says how to get one that is missing", async () => {
    const check = await checkEngine(chosen("opencode"), deps("/nowhere"), never);

    expect(check).toMatchObject({ found: false, meetsMinimum: false });
    expect(check.remedy).toMatch(/opencode is not installed\. npm install --global opencode-ai/);
  });

  test("says what is too old", async () => {
    await using folder = await temporaryFolder();
    await program(join(folder.path, "codex"), 'echo "codex-cli 0.99.0"');

    const check = await checkEngine(chosen("codex"), deps(folder.path), never);

    expect(check).toMatchObject({ found: true, version: "0.99.0", meetsMinimum: false });
    expect(check.remedy).toMatch(/codex is 0\.99\.0, older than 0\.169\.0\. npm install/);
  });

  test("says which key is missing, and asks for none at a service of one's own", async () => {
    await using folder = await temporaryFolder();
    await program(join(folder.path, "codex"), 'echo "codex-cli 0.169.0"');

    const missing = await checkEngine(chosen("codex"), deps(folder.path), never);
    const local = await checkEngine(
      chosen("codex", { baseUrl: "http://127.0.0.1:11434/v1" }),
      deps(folder.path),
      never,
    );

    expect(missing.remedy).toMatch(/not signed in\. Set CODEX_API_KEY or OPENAI_API_KEY/);
    expect(local).toMatchObject({ isSignedIn: true });
  });

  test("is not held up by a program that fails", async () => {
    await using folder = await temporaryFolder();
    await program(join(folder.path, "codex"), "exit 7");

    const check = await checkEngine(chosen("codex"), deps(folder.path), never);

    expect(check).toMatchObject({ found: true, meetsMinimum: false });
    expect(check.remedy).toMatch(/does not answer --version/);
  });

  test("RC-07 asks with an environment that holds nothing of ours", async () => {
    await using folder = await temporaryFolder();
    await program(join(folder.path, "codex"), `env > ${folder.path}/seen; echo 0.169.0`);
    process.env.CANARY_OF_THE_DAEMON = "canary";

    await checkEngine(chosen("codex"), deps(folder.path, { OPENAI_API_KEY: "canary" }), never);

    expect(await readFile(join(folder.path, "seen"), "utf8")).not.toContain("canary");
  });

  test("knows the simulated engine is there", async () => {
    expect(await checkEngine(chosen("simulated"), deps("/nowhere"), never)).toMatchObject({
      found: true,
      isSignedIn: true,
    });
  });

  test.each([
    ["0.169.0", "0.169.0", true],
    ["0.170.0", "0.169.9", true],
    ["1.18.4", "1.18.33", false],
    ["10.0.0", "9.9.9", true],
  ])("compares %s with %s", (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });
});

describe("the program of an engine", () => {
  test("is the native one behind Codex's wrapper, and may read its package", async () => {
    await using folder = await temporaryFolder();
    const scope = join(await realpath(folder.path), "lib/node_modules/@openai");
    const triple = { x64: "x86_64-unknown-linux-musl", arm64: "aarch64-unknown-linux-musl" }[
      process.arch as "x64" | "arm64"
    ];
    const platform = `codex-${process.platform}-${process.arch}`;
    const native = join(scope, "codex/node_modules/@openai", platform, "vendor", triple, "bin/codex");
    await program(join(scope, "codex/bin/codex.js"), "exit 0");
    await program(native, "exit 0");
    await mkdir(join(folder.path, "bin"));
    await symlink(join(scope, "codex/bin/codex.js"), join(folder.path, "bin/codex"));

    const found = findEngineProgram(chosen("codex"), deps(join(folder.path, "bin")));

    expect(found).toEqual({ argv: [native], readOnly: [native, join(scope, "codex/node_modules/@openai", platform)] });
  });

  test("may be a command relative to the configuration, with arguments", async () => {
    await using folder = await temporaryFolder();
    await program(join(folder.path, "agents/mine"), "exit 0");

    const found = findEngineProgram(
      chosen("custom", { command: ["./agents/mine", "--fast"] }),
      deps("/nowhere", {}, folder.path),
    );

    expect(found?.argv).toEqual([join(folder.path, "agents/mine"), "--fast"]);
    expect(found?.readOnly).toContain(join(folder.path, "agents/mine"));
  });

  test("is nothing where nothing is", () => {
    expect(findEngineProgram(chosen("custom", { command: ["./mine"] }), deps("/bin", {}, "/nowhere"))).toBeUndefined();
  });
});

function chosen(kind: EngineConfig["kind"], change: Partial<EngineConfig> = {}): ChosenEngine {
  return { engine: engines[kind], settings: { kind, env: [], hosts: [], ...change } };
}

function deps(searchPath: string, environment: Record<string, string> = {}, folder = "/") {
  return { searchPath, folder, environment };
}

async function program(path: string, script: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}
