import { afterEach, beforeEach, expect, test } from "vitest";
import { thisPerson } from "../../src/cli/person.ts";
import { createQuestioner } from "../../src/cli/questioner.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import type { Approval } from "../../src/core/approval.ts";
import { keys, queueNames } from "../../src/core/queue.ts";
import { openQueue } from "../../src/platform/queues.ts";
import { homeId, live, type Scene, startScene, story } from "./support/scene.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

/** A terminal at which somebody types these lines, and from then on nothing. */
function typing(...lines: string[]): Terminal & { readonly shown: string[]; readonly asked: () => number } {
  const shown: string[] = [];
  let asked = 0;
  return {
    interactive: true,
    shown,
    asked: () => asked,
    result: (text) => shown.push(text),
    raw: (text) => shown.push(text),
    document: () => {},
    note: (text) => shown.push(text),
    status: () => {},
    isAsking: () => asked > 0,
    ask(question, signal) {
      asked += 1;
      shown.push(question);
      const line = lines.shift();
      if (line !== undefined) return Promise.resolve(line);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  };
}

async function question(requestId: string, kind: "asksForCommand" | "asksForMerge"): Promise<Approval> {
  const jobId = await live(scene.book, requestId, story.queued("Fix it", requestId), ...story.working());
  const event = story[kind](jobId);
  if (event.type !== "approval_requested") throw new Error("The story asks.");
  return event.approval;
}

async function decisionFor(approval: Approval): Promise<unknown> {
  const decisions = openQueue(scene.redis, queueNames.decisions(homeId));
  try {
    const recorded = async () => (await decisions.getJob(`settle-${approval.id}`))?.data;
    await expect.poll(recorded).toBeDefined();
    return await recorded();
  } finally {
    await decisions.close();
  }
}

function ask(terminal: Terminal, approval: Approval) {
  const deps = { desk: scene.desk, terminal, person: thisPerson(), assumeYes: false };
  const questioner = createQuestioner(deps, new AbortController().signal);
  questioner.ask(approval);
  return questioner;
}

test("IN-02 a command is allowed for the job with j, after what cannot be understood was asked again", async () => {
  const approval = await question("job", "asksForCommand");
  const terminal = typing("what?", "j");

  using _questioner = ask(terminal, approval);

  expect(await decisionFor(approval)).toMatchObject({ choice: "allow_for_job", by: thisPerson() });
  expect(terminal.asked()).toBe(2);
});

test("IN-02 a refusal takes advice along", async () => {
  const approval = await question("advice", "asksForCommand");

  using _questioner = ask(typing("n", "Keep the files."), approval);

  expect(await decisionFor(approval)).toMatchObject({ choice: "deny", advice: "Keep the files." });
});

test("IN-02 a wish for changes needs words, and takes them along", async () => {
  const approval = await question("change", "asksForMerge");
  const terminal = typing("c", "", "c", "Name the tests.");

  using _questioner = ask(terminal, approval);

  expect(await decisionFor(approval)).toMatchObject({ choice: "change", advice: "Name the tests." });
});

test("IN-02 before a merge the diff may be viewed", async () => {
  const approval = await question("merge", "asksForMerge");
  await scene.redis.set(keys.patch(approval.jobId), "+ the diff");
  const terminal = typing("v", "m");

  using _questioner = ask(terminal, approval);

  expect(await decisionFor(approval)).toMatchObject({ choice: "merge" });
  expect(terminal.shown).toContain("+ the diff");
});

test("IN-02 a question that was answered elsewhere is withdrawn, and the next one is asked", async () => {
  const [first, second] = [await question("one", "asksForCommand"), await question("two", "asksForMerge")];
  const terminal = typing();

  using questioner = ask(terminal, first);
  questioner.ask(second);
  await expect.poll(() => terminal.asked()).toBe(1);
  questioner.withdraw(first.id);

  await expect.poll(() => terminal.asked()).toBe(2);
  expect(terminal.shown.at(-1)).toContain("[m] merge");
});

test("IN-02 who answers too late is told whose answer stands", async () => {
  const approval = await question("late", "asksForCommand");
  const by = { kind: "telegram", id: "1001", name: "Ann" } as const;
  await scene.desk.decide({ type: "settle", jobId: approval.jobId, approvalId: approval.id, choice: "deny", by });
  const terminal = typing("y");

  using _questioner = ask(terminal, approval);

  await expect.poll(() => terminal.shown).toContain("  Ann had answered before.");
});

test.each([
  ["k", "keep_text"],
  ["t", "take_text"],
  ["s", "stop"],
])("TR-08 a task that changed is answered with %s", async (key, choice) => {
  const jobId = await live(scene.book, key, story.queued("Fix it", key), ...story.working());
  const subject = { type: "task_changed", change: "text", snapshot: "a".repeat(64), text: "Fix it all" } as const;
  const approval = { id: key.repeat(22), jobId, subject, askedAt: new Date().toISOString() };
  await scene.book.record(jobId, { type: "approval_requested", approval });
  const terminal = typing("y", key);

  using _questioner = ask(terminal, approval);

  expect(await decisionFor(approval)).toMatchObject({ choice, by: thisPerson() });
  expect(terminal.shown).toEqual(Array(2).fill(expect.stringContaining("[k] keep the accepted text")));
});
