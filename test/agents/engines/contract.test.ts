import { describe, expect, test } from "vitest";
import type { EngineCall, EngineExit, EngineRun } from "../../../src/agents/engines/engine.ts";
import { engines, orderOf } from "../../../src/agents/engines/registry.ts";
import { EngineEvent } from "../../../src/core/engine-event.ts";
import { answer, subjects } from "./subjects.ts";

const order = { prompt: "Fix the greeting", options: [] };
const wellEnded: EngineExit = { exitCode: 0, stderr: "" };
const call: EngineCall = {
  program: { argv: ["/opt/engine/program", "--leading"], readOnly: ["/opt/engine"] },
  worktreePath: "/srv/shop/task",
  homePath: "/var/chargehand/home",
  environment: { SOME_KEY: "secret" },
  model: "vendor/model",
  baseUrl: "http://127.0.0.1:9/v1",
};

test("EN-09 every kind of engine keeps the contract", () => {
  expect(subjects.map(({ kind }) => kind).sort()).toEqual(Object.keys(engines).sort());
});

describe.each(subjects)("EN-09 the $kind engine", ({ kind, command, lines }) => {
  const engine = engines[kind];

  test.each(["Fix it", "-v --help; $(rm) `x` && \"quoted\" 'single'", "one\ntwo\n", "ünïcødé 🎉"])(
    "takes its prompt as it is, in both forms of command: %j",
    (prompt) => {
      expect(engine.readOrder(command(prompt)).prompt).toBe(prompt);
      expect(orderOf(engine, ["engine", "any-name", "--", prompt]).prompt).toBe(prompt);
    },
  );

  test.each([[[]], [[" "]]])("refuses a command without a prompt: %j", (words) => {
    const argv = [...command("prompt").slice(0, -1), ...words];

    expect(() => engine.readOrder(argv)).toThrow(expect.objectContaining({ name: "AppError", code: "bad-input" }));
  });

  test("refuses an option nobody has heard of", () => {
    const [program = "", subcommand = ""] = command("prompt");

    expect(() => engine.readOrder([program, subcommand, "--yolo", "prompt"])).toThrow(/--yolo/);
  });

  test("RC-07 is started with its program, the prompt on stdin, and no variable but its own", () => {
    process.env.CANARY_OF_THE_DAEMON = "canary";

    const launch = engine.launch(order, call);

    expect(launch.argv.slice(0, 2)).toEqual(call.program.argv);
    expect(launch.argv).not.toContain(order.prompt);
    expect(launch.stdin).toBe(order.prompt);
    expect(launch.readOnly).toContain("/opt/engine");
    expect(launch.env).toMatchObject({ HOME: call.homePath, SOME_KEY: "secret" });
    expect(JSON.stringify(launch)).not.toContain("canary");
    expect(JSON.stringify(launch.argv)).not.toContain("secret");
  });

  test("EN-10 gets our guidance beside its prompt", () => {
    const launch = engine.launch(order, { ...call, guidance: "Be kind." });

    expect(JSON.stringify([launch.argv, launch.env, launch.stdin])).toContain("Be kind.");
  });

  test("EN-02 SY-34 tells of its run as started, actions, completed, in titles for a phone", () => {
    const events = read(lines, { order, worktreePath: "/srv/shop/task" });

    expect(events.map((event) => EngineEvent.parse(event))).toEqual(events);
    expect(events[0]).toMatchObject({ type: "started", threadId: expect.any(String) });
    expect(events.slice(1, -1).every(({ type }) => type === "action")).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: "completed", ok: true, answer, usage: expect.any(Object) });
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "edit", title: "Edit greeting.txt", phase: "completed", ok: true }),
    );
    expect(events).not.toContainEqual(expect.objectContaining({ kind: "other" }));
  });

  test("EN-02 TG-54 shows what it does not understand as just that, drops nothing and goes on", () => {
    const unknown = '{"type":"brand.new","id":"7"}';

    const events = read([unknown, "", "[1]", ...lines]);

    expect(events[1]).toMatchObject({ type: "action", kind: "other", title: `Not understood: ${unknown}` });
    expect(events[2]).toMatchObject({ type: "action", kind: "other", title: "Not understood: [1]" });
    expect(events.at(-1)).toMatchObject({ ok: true, answer });
  });

  test("EN-02 SY-33 survives lines that are cut off, endless or no JSON at all", () => {
    const huge = `{"type":"text","text":"${"x".repeat(1_000_000)}`;

    const events = read([huge, "Warning: something\tis odd", '{"type":', ...lines]);

    const actions = events.filter((event) => event.type === "action");
    expect(actions[1]?.title).toBe("Warning: something is odd");
    expect(actions[2]?.title).toBe('{"type":');
    expect(Math.max(...actions.map(({ title }) => title.length))).toBeLessThanOrEqual(200);
    expect(events.at(-1)).toMatchObject({ type: "completed", ok: true, answer });
  });

  test("has failed when it died without a word, and says what stood on stderr", () => {
    const events = read([], { order }, { exitCode: 1, stderr: "cannot open display\n" });

    expect(events.map(({ type }) => type)).toEqual(["started", "completed"]);
    expect(events.at(-1)).toMatchObject({ ok: false, error: "cannot open display" });
  });

  test.each<[string, EngineExit, RegExp]>([
    ["exits with another code than 0", { exitCode: 3, stderr: "" }, /exit code 3/],
    ["is killed", { exitCode: null, stderr: "" }, /ended/],
    ["is ended by us", { exitCode: 0, stderr: "", reason: "It was silent for 5m." }, /silent for 5m/],
  ])("SY-35 has failed when it %s, whatever it says itself", (_, exit, reason) => {
    expect(read(lines, { order }, exit).at(-1)).toMatchObject({ ok: false, error: expect.stringMatching(reason) });
  });

  test("has failed when it stops in the middle with exit code 0", () => {
    const events = read(lines.slice(0, -1));

    expect(events.at(-1)).toMatchObject({ type: "completed", ok: false });
  });

  test("EN-04 has lost its thread when a resumed one has nothing to say", () => {
    const silent = lines.map((line) => line.replaceAll(answer, ""));

    const events = read(silent, { order: { ...order, resume: { threadId: "t" } } });

    expect(events.at(-1)).toMatchObject({ ok: false, failure: "thread-lost" });
  });

  function read(output: readonly string[], run: EngineRun = { order }, exit = wellEnded): EngineEvent[] {
    const reader = engine.reader(run);
    return [...output.flatMap((line) => reader.read(line)), ...reader.end(exit)];
  }
});
