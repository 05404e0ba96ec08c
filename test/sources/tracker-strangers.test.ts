import { describe, expect, test } from "vitest";
import type { Choice, TaskChange } from "../../src/core/approval.ts";
import { stranger } from "../../src/emulators/memory-tracker.ts";
import { story } from "../bot/support/story.ts";
import { openTrackerScene, type TrackerScene } from "./tracker-scene.ts";

async function withJob(scene: TrackerScene) {
  scene.memory.opens({ id: "7" });
  await scene.looks();
  const [order] = await scene.orders();
  if (order === undefined) throw new Error("Nothing was ordered.");
  await scene.lives(order, story.started);
  return order.jobId;
}

async function subjects(scene: TrackerScene): Promise<TaskChange[]> {
  return (await scene.decisions()).map((decision) => (decision as unknown as { subject: TaskChange }).subject);
}

const idOf = (subject: TaskChange) => subject.snapshot.slice(0, 22);

/** What the daemon does with the newest question. */
async function asks(scene: TrackerScene, jobId: string): Promise<TaskChange> {
  const subject = (await subjects(scene)).at(-1);
  if (subject === undefined) throw new Error("Nothing was asked.");
  const approval = { id: idOf(subject), jobId, subject, askedAt: new Date().toISOString() };
  await scene.tells(jobId, { type: "approval_requested", approval });
  return subject;
}

async function answers(scene: TrackerScene, jobId: string, subject: TaskChange, choice: Choice): Promise<void> {
  const by = { kind: "telegram", id: "1001", name: "Ann" } as const;
  const settlement = { type: "chosen", choice, by } as const;
  await scene.tells(jobId, { type: "approval_settled", approvalId: idOf(subject), settlement });
}

const comment = async (scene: TrackerScene, words: string) => {
  scene.memory.comments("7", words, stranger);
  await scene.looks();
};

describe("strangers who do not stop", () => {
  test("TR-06 ask once: what they say while the question is open, and after 'keep', is only counted and told", async () => {
    await using scene = await openTrackerScene();
    const jobId = await withJob(scene);
    await comment(scene, "First.");
    const first = await asks(scene, jobId);
    for (const words of ["Second.", "Third.", "Fourth."]) await comment(scene, words);
    expect(await subjects(scene)).toEqual([first]);

    await answers(scene, jobId, first, "keep_text");
    await scene.looks();
    for (const words of ["Fifth.", "Sixth."]) await comment(scene, words);
    await scene.looks();

    expect(await subjects(scene)).toEqual([first]);
    expect((await scene.claims.of("7"))?.leftOut).toBe(5);
    const ours = scene.memory.commentsOn("7").find(({ body }) => body.includes("left out"));
    expect(ours?.body).toContain("Later edits and comments that were left out: 5.");
  });

  test("TR-06 are asked about again when a person took their words, together and each comment once, three times at most", async () => {
    await using scene = await openTrackerScene();
    const jobId = await withJob(scene);
    const texts: string[] = [];
    for (let round = 1; round <= 5; round += 1) {
      await comment(scene, `${round}a`);
      const asked = (await subjects(scene)).length;
      if (asked === texts.length) continue;
      const subject = await asks(scene, jobId);
      texts.push(subject.text);
      await comment(scene, `${round}b`);
      await answers(scene, jobId, subject, "take_text");
      await scene.looks();
      if ((await subjects(scene)).length === texts.length) continue;
      const next = await asks(scene, jobId);
      texts.push(next.text);
      await answers(scene, jobId, next, "take_text");
      await scene.looks();
    }

    const said = (words: string) => `mallory wrote:\n> ${words}`;
    expect(texts).toEqual([said("1a"), said("1b"), said("2a")]);
    expect((await scene.claims.of("7"))?.leftOut).toBe(4);
  });

  test("TR-06 cannot hide an edit behind a comment: it is asked about once the comment's question is answered", async () => {
    await using scene = await openTrackerScene();
    const jobId = await withJob(scene);
    await comment(scene, "Look here.");
    const first = await asks(scene, jobId);
    scene.memory.edits("7", { description: "Edited meanwhile." });
    await scene.looks();
    expect(await subjects(scene)).toHaveLength(1);

    await answers(scene, jobId, first, "keep_text");
    await scene.looks();

    expect((await subjects(scene)).at(-1)).toMatchObject({ change: "text", text: "Fix it\n\nEdited meanwhile." });
  });

  test("TR-06 whoever edits again and again is asked about three times, then the job goes on with what was accepted", async () => {
    await using scene = await openTrackerScene();
    const jobId = await withJob(scene);
    for (let edit = 1; edit <= 5; edit += 1) {
      scene.memory.edits("7", { description: `Edit ${edit}.` });
      await scene.looks();
      await scene.looks();
      if (edit <= 3) await answers(scene, jobId, await asks(scene, jobId), "keep_text");
    }

    expect((await subjects(scene)).map(({ text }) => text)).toEqual([1, 2, 3].map((edit) => `Fix it\n\nEdit ${edit}.`));
    expect((await scene.claims.of("7"))?.leftOut).toBe(2);
    expect(scene.logged()).toContain("later changes of an issue are left out");
  });

  test("TR-06 a comment is not lost when the daemon was away while it was asked about", async () => {
    await using scene = await openTrackerScene();
    const jobId = await withJob(scene);
    await comment(scene, "Before.");
    await comment(scene, "After.");

    const last = await asks(scene, jobId);

    expect(last.text).toBe("mallory wrote:\n> Before.\n\nmallory wrote:\n> After.");
  });
});
