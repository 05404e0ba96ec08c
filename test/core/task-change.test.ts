import { describe, expect, test } from "vitest";
import type { Choice, TaskChange } from "../../src/core/approval.ts";
import type { JobEvent } from "../../src/core/event.ts";
import { inertTitle } from "../../src/core/inert.ts";
import { isMergeWanted, treeSentBack, wantedChange } from "../../src/core/merge-answer.ts";
import type { Submission } from "../../src/core/task.ts";
import { knownSnapshots, retoldIn, taskTextOf } from "../../src/core/task-text.ts";
import { nextOrder } from "../../src/daemon/recovery.ts";
import { asked, jobAfter } from "../bot/support/job-after.ts";
import { commandSubject, mergeSubject, story } from "../bot/support/story.ts";

const hash = (letter: string) => letter.repeat(64);
const change = (snapshot: string, text: string, kind: TaskChange["change"] = "text"): TaskChange => ({
  ...{ type: "task_changed", change: kind, snapshot: hash(snapshot), text },
});
const id = (letter: string) => letter.repeat(22);
const answered = (approvalId: string, choice: Choice): JobEvent => ({
  type: "approval_settled",
  approvalId,
  settlement: { type: "chosen", choice, by: { kind: "telegram", id: "1001", name: "Ann" } },
});
const order: Partial<Submission> = {
  text: "Old text",
  origin: { type: "tracker", tracker: "issues", issueId: "7", identifier: "GH-7", snapshot: hash("a") },
};
const jobThat = (...events: JobEvent[]) => jobAfter(events, order);

describe("a task that changed while its job runs", () => {
  test.each([
    ["run", [], { stage: "run", iteration: 1 }],
    ["run", [story.started], { stage: "run", iteration: 1 }],
    ["verify", [story.started, story.verified[0]], { stage: "verify", iteration: 1 }],
  ])("TR-06 pauses it, and with the accepted text it goes on where it was, at %s", (_, before, next) => {
    const paused = jobThat(...before, asked(change("b", "New"), id("q")));
    const goesOn = jobThat(...before, asked(change("b", "New"), id("q")), answered(id("q"), "keep_text"));

    expect(paused.status).toBe("awaiting_approval");
    expect(nextOrder(paused)).toBeUndefined();
    expect(nextOrder(goesOn)).toMatchObject(next);
    expect(taskTextOf(goesOn)).toBe("Old text");
    expect(knownSnapshots(goesOn)).toEqual({ accepted: hash("a"), asked: [hash("b")] });
  });

  test("TR-06 with the new text the next attempt begins with it, and the count of attempts begins anew", () => {
    const job = jobThat(story.started, asked(change("b", "New text"), id("q")), answered(id("q"), "take_text"));

    expect(nextOrder(job)).toEqual({ jobId: job.id, stage: "run", iteration: 2 });
    expect(job).toMatchObject({ maxIterations: 4, iterationsBefore: 1 });
    expect(taskTextOf(job)).toBe("New text");
    expect(retoldIn(job, 2)).toEqual([change("b", "New text")]);
    expect(knownSnapshots(job)).toEqual({ accepted: hash("b"), asked: [hash("b")] });
  });

  test("TR-06 before the first attempt the new text is simply the task", () => {
    const job = jobThat(asked(change("b", "New text"), id("q")), answered(id("q"), "take_text"));

    expect(nextOrder(job)).toEqual({ jobId: job.id, stage: "run", iteration: 1 });
    expect(taskTextOf(job)).toBe("New text");
    expect(job.maxIterations).toBe(3);
  });

  test("TR-06 comments that a person took stand beside the text", () => {
    const job = jobThat(
      ...[story.started, asked(change("b", "ann: use cents", "comment"), id("q"))],
      answered(id("q"), "take_text"),
    );

    expect(taskTextOf(job)).toBe("Old text\n\nann: use cents");
    expect(knownSnapshots(job).accepted).toBe(hash("a"));
  });

  test("TR-06 a command's question and this one are both answered before anything goes on", () => {
    const both = [story.started, asked(commandSubject(), id("c")), asked(change("b", "New"), id("q"))];

    expect(nextOrder(jobThat(...both, answered(id("c"), "allow_once")))).toBeUndefined();
    const goesOn = jobThat(...both, answered(id("c"), "allow_once"), answered(id("q"), "keep_text"));
    expect(nextOrder(goesOn)).toMatchObject({ stage: "run", iteration: 1 });
  });

  test("TR-06 the new text takes the place of the question about a merge", () => {
    const merge = [story.started, ...story.verified, asked(mergeSubject, id("m"))];
    const taken = jobThat(...merge, asked(change("b", "New"), id("q")), answered(id("q"), "take_text"));
    const kept = jobThat(...merge, asked(change("b", "New"), id("q")), answered(id("q"), "keep_text"));

    expect(taken.approvals[0]?.settlement).toMatchObject({ type: "void" });
    expect(nextOrder(taken)).toMatchObject({ stage: "run", iteration: 2 });
    expect(kept.status).toBe("awaiting_approval");
    expect(nextOrder(kept)).toBeUndefined();
  });

  test.each(["merge", "discard", "change"] as const)("TR-06 an answer of %s waits for it and then counts", (choice) => {
    const events = [story.started, ...story.verified, asked(mergeSubject, id("m")), asked(change("b", "New"), id("q"))];
    const waiting = jobThat(...events, answered(id("m"), choice));
    const goesOn = jobThat(...events, answered(id("m"), choice), answered(id("q"), "keep_text"));

    expect(waiting.status).toBe("awaiting_approval");
    expect(nextOrder(goesOn)).toMatchObject(choice === "change" ? { stage: "run", iteration: 2 } : { stage: "land" });
    expect(isMergeWanted(goesOn)).toBe(choice === "merge");
    expect(wantedChange(goesOn)).toBe(choice === "change" ? "" : undefined);
  });

  test("LD-06 TR-06 a result that was sent back may come again once a person took another text for the task", () => {
    const sentBack = [story.started, ...story.verified, asked(mergeSubject, id("m")), answered(id("m"), "change")];
    const again: JobEvent = { type: "stage_started", stage: "run", iteration: 2 };
    const kept = [asked(change("b", "New"), id("q")), answered(id("q"), "keep_text")];
    const taken = [asked(change("c", "Leave it"), id("r")), answered(id("r"), "take_text")];

    expect(treeSentBack(jobThat(story.started, ...story.verified, asked(mergeSubject, id("m"))))).toBeUndefined();
    expect(treeSentBack(jobThat(...sentBack))).toBe(mergeSubject.tree);
    expect(treeSentBack(jobThat(...sentBack, again, ...kept))).toBe(mergeSubject.tree);
    expect(treeSentBack(jobThat(...sentBack, again, ...kept, ...taken))).toBeUndefined();
  });
});

test.each([
  ["Fix it @team, fixes #12 and GH-7", "Fix it (at)team, fixes no. 12 and GH 7"],
  ["[skip ci] tidy up", "(skip ci] tidy up"],
  ["see acme/shop#9 at https://evil.example", "see acme/shop no. 9 at evil.example"],
])("TR-06 %s can be a title without telling a forge to do anything", (said, title) => {
  expect(inertTitle(said)).toBe(title);
});
