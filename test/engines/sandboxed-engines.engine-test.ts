import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { EngineLaunch } from "../../src/agents/engines/engine.ts";
import { engines } from "../../src/agents/engines/registry.ts";
import type { EngineEvent } from "../../src/core/engine-event.ts";
import { startModelServer } from "../../src/emulators/model-server/server.ts";
import { type ProcessOptions, runProcess } from "../../src/platform/process.ts";
import { engineScript } from "../support/engine-scripts.ts";
import { never } from "../support/project.ts";
import { makePlace, type Place, realCall, realEngines } from "./place.ts";

describe.each(realEngines)("the real $name in the sandbox", (real) => {
  const engine = engines[real.name];
  const order = engine.readOrder(real.command);

  test("EN-01 RC-06 edits, runs commands and reaches its model, and nobody's home is there", async () => {
    await using place = await makePlace();
    const script = engineScript([
      { read: "greeting.txt" },
      { write: { path: "greeting.txt", text: "hello\n" } },
      { run: "cat greeting.txt; ls /root; touch /tmp/scratch" },
      { say: "I fixed the greeting." },
    ]);
    await using server = await startModelServer({ script, apiKey: "secret" });
    const launch = engine.launch(order, { ...realCall(real, place), baseUrl: server.url });

    const reader = engine.reader({ order, worktreePath: place.worktreePath });
    const events: EngineEvent[] = [];
    const onLine: ProcessOptions["onLine"] = (line, stream) => {
      if (stream === "stdout") events.push(...reader.read(line));
    };
    const result = await runProcess({ ...sandboxed(launch, place, new URL(server.url).host), onLine }, never);
    events.push(...reader.end({ exitCode: result.exitCode, stderr: result.stderr.text }));

    expect(events.at(-1)).toMatchObject({ type: "completed", ok: true, answer: "I fixed the greeting." });
    expect(await readFile(join(place.worktreePath, "greeting.txt"), "utf8")).toBe("hello\n");
    const printed = server.requests.at(-1)?.view?.toolResults.at(-1)?.text;
    expect(printed).toMatch(/^hello$/m);
    expect(printed).toMatch(/\/root.*No such file/);
  });
});

function sandboxed(launch: EngineLaunch, place: Place, host: string): ProcessOptions {
  return {
    argv: launch.argv,
    cwd: place.worktreePath,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", ...launch.env },
    stdin: launch.stdin,
    timeoutMs: 100_000,
    output: { headBytes: 10_000, tailBytes: 10_000 },
    sandbox: {
      worktree: place.worktreePath,
      writable: [],
      readOnly: [place.gitDir, ...launch.readOnly],
      readOnlyInside: [join(place.worktreePath, ".git")],
      network: { hosts: [host] },
      home: place.homePath,
    },
  };
}
