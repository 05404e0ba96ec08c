import { expect, test } from "vitest";
import { openEngineRoom } from "../support/engine-room.ts";
import { realProgram } from "./install.ts";

test("the real codex, which would wait for its network for ever, is ended and its trouble told", async () => {
  const nowhere = "http://127.0.0.1:9/v1";
  const codex = { kind: "codex", command: [realProgram("codex")], model: "gpt-5.5", baseUrl: nowhere };
  await using room = await openEngineRoom({ files: { "a.txt": "a\n" }, engines: { codex }, stallMs: 6_000 });

  const execution = await room.order("codex", "exec", "Fix it");

  expect(execution).toMatchObject({ ok: false, ended: "silence" });
  expect(execution.text).toMatch(/no progress for too long\. It said: Reconnecting/);
});
