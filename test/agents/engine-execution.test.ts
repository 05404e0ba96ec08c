import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { adversaries, type SimulatedTask } from "../../src/agents/engines/adversaries.ts";
import { type EngineRoomOptions, openEngineRoom } from "../support/engine-room.ts";

const files = { "sum.js": "export const sum = (a, b) => a - b;\n", "sum.test.js": "// a test\n" };
const task: SimulatedTask = {
  path: "sum.js",
  find: "a - b",
  fix: "a + b",
  overfit: "3",
  flaky: "Date.now() % 2 ? a + b : 0",
  testPath: "sum.test.js",
};
const order = ["codex", "exec", "Fix the sum"] as const;

describe("EN-07 what the orchestrator is told of an engine's run", () => {
  test.each([
    ["honest", true, /came to its end\.\nMeasured: files .* changed\.[\s\S]*\(a claim, not a measurement\):\nFixed\./],
    ["cheat", true, /Measured: files .* changed\.[\s\S]*a claim, not a measurement.*\nAll tests pass now\./],
    ["liar", true, /Measured: no file .* changed\.[\s\S]*a claim, not a measurement.*\nI fixed the bug/],
    ["noop", true, /Measured: no file .* changed\./],
    ["blocked", false, /failed: I need the password of the database to go on\.\nMeasured: no file/],
    ["error", false, /failed: The engine ended with exit code 139\.\nMeasured: no file/],
    ["badjson", false, /failed: .*\nMeasured: files .* changed\./],
  ] as const)("%s: ok as far as it says so is %s, and what was measured comes first", async (name, ok, text) => {
    await using room = await openEngineRoom({ files, simulation: adversaries[name](task) });

    const execution = await room.order(...order);

    expect(execution).toMatchObject({ ok, ended: "exited", text: expect.stringMatching(text) });
    expect(room.events[0]?.type).toBe("started");
    expect(room.events.at(-1)).toMatchObject({ type: "completed", ok });
  });

  test("that nothing was changed stands on the card too", async () => {
    await using room = await openEngineRoom({ files, simulation: adversaries.liar() });

    expect(await room.order(...order)).toMatchObject({ detail: "changed no file" });
  });

  test("DU-08 SY-32 hang is ended for its silence, and that is what is said", async () => {
    await using room = await openEngineRoom({ files, simulation: adversaries.hang(), stallMs: 1_000 });

    const execution = await room.order(...order);

    expect(execution).toMatchObject({ ok: false, ended: "silence" });
    expect(execution.text).toMatch(/failed: ended: it made no progress for too long\n.*Measured: no file/s);
  });

  test("RC-08 chatty fills its output file and neither the answer nor the record of the job", async () => {
    await using room = await openEngineRoom({ files, simulation: adversaries.chatty(task) });

    const execution = await room.order(...order);

    expect(execution).toMatchObject({ ok: true, text: expect.stringContaining("files in the worktree changed") });
    expect(execution.text.length).toBeLessThan(20_000);
    expect(execution.bytes).toBeGreaterThan(8_000_000);
    expect((await stat(join(room.folder, "outputs/call"))).size).toBe(execution.bytes);
    expect(room.events.length).toBeLessThan(2_010);
    expect(room.events.at(-2)).toMatchObject({ title: expect.stringContaining("more than 2000 things") });
  });
});

describe("a custom engine in the room", () => {
  test("is started where it works, told its order, and heard", async () => {
    await using room = await openCustom({
      mine: 'echo "{\\"type\\":\\"action\\",\\"id\\":\\"1\\",\\"kind\\":\\"edit\\",\\"title\\":\\"Edit $PWD/sum.js\\",\\"phase\\":\\"completed\\"}"; cat > sum.js; echo "{\\"type\\":\\"completed\\",\\"ok\\":true,\\"answer\\":\\"$CHARGEHAND_GUIDANCE\\"}"',
    });

    const execution = await room.order("engine", "mine", "const sum = 1;");

    expect(execution).toMatchObject({ ok: true, detail: undefined, text: expect.stringContaining("Be brief.") });
    expect(await room.read("task/sum.js")).toBe("const sum = 1;");
    expect(room.events[1]).toMatchObject({ kind: "edit", title: "Edit sum.js" });
  });

  test("that only tries again is ended as if it were silent, and its trouble is told", async () => {
    await using room = await openCustom({ mine: `while :; do echo '${retry}'; sleep 0.05; done` }, { stallMs: 2_000 });

    const execution = await room.order("engine", "mine", "Fix it");

    expect(execution).toMatchObject({ ok: false, ended: "silence" });
    expect(execution.text).toContain("no progress for too long. It said: Waiting for the network");
  });

  test("EN-04 TG-47 whose thread gives nothing is started afresh with the same order, and that is told", async () => {
    await using room = await openCustom({
      mine: `cat > "$HOME/order"; [ -n "$CHARGEHAND_THREAD_ID" ] && echo '${say("")}' && exit; echo done > sum.js; echo '${say("Done.", "t2")}'`,
    });

    const execution = await room.order("engine", "mine", "--resume", "t1", "Go on");

    expect(execution).toMatchObject({ ok: true, detail: expect.stringContaining("a fresh one was started") });
    expect(execution.text).toMatch(/^The thread gave nothing and is set aside[\s\S]*Thread: t2\n[\s\S]*Done\./);
    expect(await room.read("homes/mine/order")).toMatch(/conversation about this work is lost[\s\S]*Go on/);
    expect(room.events).toContainEqual(expect.objectContaining({ failure: "thread-lost", threadId: "t1" }));
    expect(room.events).toContainEqual(expect.objectContaining({ id: "fresh-start" }));
  });

  test("TG-47 that lost a thread never goes on with it again", async () => {
    const script = (answer: string) => `echo "$CHARGEHAND_THREAD_ID" >> "$HOME/threads"; echo '${say(answer, "t2")}'`;
    await using room = await openCustom({ mine: script("") });
    await room.order("engine", "mine", "--resume", "t1", "Go on");
    await room.script("mine", script("Done."));

    await room.order("engine", "mine", "--resume", "t1", "Go on");

    expect(await room.read("homes/mine/threads")).toBe("t1\n\n\n");
  });

  test("TG-48 works on one order of a thread at a time, and on those of different threads at once", async () => {
    const alone = `mkdir "$HOME/busy" || exit 9; sleep 0.3; rmdir "$HOME/busy"`;
    await using room = await openCustom({ mine: `${alone}; echo '${say("Alone.")}'` });

    const ends = await Promise.all([1, 2, 3].map(() => room.order("engine", "mine", "--resume", "t1", "Go on")));

    expect(ends.map(({ ok }) => ok)).toEqual([true, true, true]);
    const meet = (me: string, other: string) =>
      `[ "$CHARGEHAND_THREAD_ID" = ${me} ] && touch "$HOME/${me}" && until [ -e "$HOME/${other}" ]; do sleep 0.02; done`;
    await room.script("mine", `${meet("t1", "t2")}; ${meet("t2", "t1")}; echo '${say("Met.")}'`);
    const meeting = await Promise.all(
      ["t1", "t2"].map((thread) => room.order("engine", "mine", "--resume", thread, "Meet")),
    );
    expect(meeting.map(({ ok }) => ok)).toEqual([true, true]);
  });

  test("TG-48 finds nobody left in its thread, not even a child that the run before left behind", async () => {
    await using room = await openCustom({
      mine: `setsid sleep 600 & echo $! > "$HOME/child"; echo '${say("Left one.")}'`,
    });
    await room.order("engine", "mine", "Begin");
    await room.script(
      "mine",
      `grep -q sleep "/proc/$(cat "$HOME/child")/cmdline" && echo '${say("Not alone.")}' || echo '${say("Alone.")}'`,
    );

    const execution = await room.order("engine", "mine", "--resume", "t1", "Go on");

    expect(execution.text).toMatch(/\nAlone\.$/);
  });

  test("EN-03 is counted with what it says that this run spent", async () => {
    await using room = await openCustom({ mine: `echo '${JSON.stringify(completed("Done."))}'` });

    const { text } = await room.order("engine", "mine", "Fix it");
    await room.order("engine", "mine", "--resume", "t1", "Go on");

    expect(text).toContain("Thread: t1");
    expect(room.spent).toEqual([usage, usage]);
  });

  const retry = '{"type":"action","id":"r","kind":"retry","title":"Waiting for the network","phase":"completed"}';
  const usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, usd: 0.5 };
  const completed = (answer: string, threadId = "t1") => ({ type: "completed", ok: true, answer, threadId, usage });
  const say = (answer: string, threadId?: string) => JSON.stringify(completed(answer, threadId));

  function openCustom(scripts: Record<string, string>, options: Pick<EngineRoomOptions, "stallMs"> = {}) {
    const engines = { mine: { kind: "custom", command: ["./mine"] } };
    return openEngineRoom({ files, scripts, engines, ...options });
  }
});

describe("an engine that tells the total of its thread", () => {
  const lines = (total: number) => [
    '{"type":"thread.started","thread_id":"t9"}',
    '{"type":"item.completed","item":{"id":"1","type":"agent_message","text":"Done."}}',
    `{"type":"turn.completed","usage":{"input_tokens":${total},"cached_input_tokens":0,"output_tokens":${total / 10}}}`,
  ];
  const codexThatSpent = (total: number) => `
    [ "$1" = --version ] && echo "asked" >> "$0.asked" && echo "codex-cli 0.169.0" && exit
    cat > "$HOME/order"
    printf '%s\\n' ${lines(total)
      .map((line) => `'${line}'`)
      .join(" ")}`;
  const engines = { codex: { kind: "codex", command: ["./codex"] } };

  test("EN-03 is counted with what is new in each run", async () => {
    await using room = await openEngineRoom({ files, engines, scripts: { codex: codexThatSpent(100) } });

    await room.order(...order);
    await room.script("codex", codexThatSpent(250));
    await room.order("codex", "exec", "resume", "t9", "Go on");

    expect(room.spent).toMatchObject([
      { inputTokens: 100, outputTokens: 10 },
      { inputTokens: 150, outputTokens: 15 },
    ]);
  });

  test("EN-05 is asked for its version before its first order, and not before each", async () => {
    await using room = await openEngineRoom({ files, engines, scripts: { codex: codexThatSpent(100) } });

    await room.order(...order);
    await room.order(...order);

    expect(await room.read("codex.asked")).toBe("asked\n");
  });
});

describe("EN-05 an engine that cannot work here", () => {
  const engines = { codex: { kind: "codex", command: ["./codex"] }, opencode: { kind: "opencode" } };

  test("is not started, and what to do about it is the answer", async () => {
    await using room = await openEngineRoom({ files, engines });

    const execution = await room.order(...order);

    expect(execution).toMatchObject({ ok: false, ended: "not_started", exitCode: null });
    expect(execution.text).toMatch(/^not run: \.\/codex is not installed\. npm install --global @openai\/codex/);
    expect(room.events).toEqual([]);
  });

  test("works as soon as it is new enough, without a restart", async () => {
    await using room = await openEngineRoom({ files, engines, scripts: { codex: 'echo "codex-cli 0.10.0"' } });

    const tooOld = await room.order(...order);
    await room.script("codex", 'echo "codex-cli 0.200.0"');
    const updated = await room.order(...order);

    expect(tooOld.text).toMatch(/^not run: \.\/codex is 0\.10\.0, older than 0\.169\.0/);
    expect(updated.ended).toBe("exited");
  });

  test("is told apart from one that is not configured, and from an order nobody can read", async () => {
    await using room = await openEngineRoom({ files, engines, scripts: { codex: 'echo "codex-cli 0.169.0"' } });

    const unknown = await room.order("claude", "-p", "Fix it");
    const unreadable = await room.order("codex", "exec", "--yolo", "Fix it");

    expect(unknown.text).toBe('not run: There is no engine "claude". The configuration has: codex, opencode.');
    expect(unreadable.text).toMatch(/^not run: The engine's command is not understood: .*--yolo/);
  });
});
