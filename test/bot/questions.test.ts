import { describe, expect, test } from "vitest";
import type { Approval } from "../../src/core/approval.ts";
import type { ChatMessage } from "../../src/emulators/bot-api/chat.ts";
import { type Scene, startScenePlaying } from "./support/scene.ts";
import { commandSubject, mergeSubject, story } from "./support/story.ts";

/** A job of Ann's that waits for an answer. */
async function withQuestion(scene: Scene, subject = commandSubject(), expiresAt?: Date) {
  const { ann, daemon } = scene;
  ann.sends("Fix the rounding");
  const job = await daemon.takesOrder();
  const before = subject.type === "merge" ? [story.claimed(), ...story.verified] : [];
  await daemon.tells(job.id, story.started, ...before);
  const approval = await daemon.asks(job.id, subject, expiresAt);
  const question = await ann.sees(subject.type === "merge" ? "Merge puts it" : "May this run?");
  return { job, approval, question };
}

/** Records the answer as the daemon does when it has taken the decision. */
async function settles({ daemon }: Scene, { id, jobId }: Approval) {
  const { choice, by, advice } = await daemon.decides("settle");
  const settlement = { type: "chosen" as const, choice, by, ...(advice !== undefined && { advice }) };
  return daemon.tells(jobId, { type: "approval_settled", approvalId: id, settlement });
}

describe("a question about a command", () => {
  test("BOT-02 BOT-03 rings, takes one tap at once, and then says who chose what", async () => {
    await using scene = await startScenePlaying();
    const { ann, botApi, daemon } = scene;
    const { question, approval } = await withQuestion(scene);

    const tap = ann.taps(question, "Allow for this job");
    await botApi.until(() => tap.answer);
    await settles(scene, approval);
    await botApi.until(() => ann.chat.message(question.id)?.text.includes("Ann allowed it for this job."));

    expect(question.silent).toBe(false);
    expect(tap.answer?.text).toBe("Allowed for this job.");
    expect(ann.chat.message(question.id)?.keyboard).toEqual([]);
    expect(daemon.decisions).toEqual([]);
  });

  test("BOT-03 TG-28 a second tap, another answer, and a tap after the answer each get their own sentence", async () => {
    await using scene = await startScenePlaying({ access: { owners: [1001], approvers: [1002] } });
    const { ann, botApi, daemon } = scene;
    const { question, approval } = await withQuestion(scene);

    const first = ann.taps(question, "Allow once");
    const second = ann.taps(question, "Allow once");
    const other = ann.taps(question, "Deny");
    await botApi.until(() => [first, second, other].every(({ answer }) => answer));
    await settles(scene, approval);
    await botApi.until(() => ann.chat.message(question.id)?.keyboard.length === 0);
    const late = ann.taps(question, "Deny", { stale: true });
    await botApi.until(() => late.answer);

    expect([first, second, other, late].map(({ answer }) => answer?.text)).toEqual([
      "Allowed once.",
      "Noted already.",
      "Answered already: Ann allowed it once.",
      "Answered already: Ann allowed it once.",
    ]);
    expect(daemon.decisions).toEqual([]);
  });

  test("BOT-03 TG-35 an expired, a void and an ended question say so", async () => {
    await using scene = await startScenePlaying();
    const { ann, botApi, daemon } = scene;
    const { question, job, approval } = await withQuestion(scene, commandSubject(), new Date(Date.now() - 1));

    const expired = ann.taps(question, "Allow once");
    await botApi.until(() => expired.answer);
    const reason = "The files changed.";
    const settlement = { type: "void" as const, reason };
    await daemon.tells(job.id, { type: "approval_settled", approvalId: approval.id, settlement });
    await botApi.until(() => ann.chat.message(question.id)?.text.includes(`No longer open: ${reason}`));
    const void_ = ann.taps(question, "Allow once", { stale: true });
    const next = await daemon.asks(job.id, commandSubject(["git", "reset"]));
    const open = await ann.sees("reset");
    await daemon.tells(job.id, { type: "failed", code: "stalled", reason: "It stalled." });
    const ended = ann.taps(open, "Allow once", { stale: true });
    await botApi.until(() => void_.answer && ended.answer);
    await botApi.until(() => ann.chat.message(open.id)?.text.endsWith("No longer open: The job has ended."));

    expect([expired, void_, ended].map(({ answer }) => answer?.text)).toEqual([
      "This question has expired.",
      `This question is no longer open: ${reason}`,
      "This job has ended; there is nothing left to decide.",
    ]);
    expect(daemon.decisions).toEqual([]);
    expect(next.id).not.toBe(approval.id);
  });

  test("TG-31 a question that nobody knows any more loses its buttons", async () => {
    await using scene = await startScenePlaying();
    const { ann, botApi, redis } = scene;
    const { question } = await withQuestion(scene);
    await redis.flushall();

    const tap = ann.taps(question, "Allow once");
    await botApi.until(() => tap.answer && ann.chat.message(question.id)?.keyboard.length === 0);

    expect(tap.answer?.text).toBe("This question is not known any more.");
    expect(ann.chat.message(question.id)?.text).toBe(question.text);
  });

  test("DU-05 a reply denies it with advice, once", async () => {
    await using scene = await startScenePlaying();
    const { ann, daemon, botApi } = scene;
    const { question, approval } = await withQuestion(scene);

    ann.sends("Keep the scratch file", { replyTo: question });
    await ann.sees("Denied, and your words go to the orchestrator.");
    const state = await settles(scene, approval);
    await botApi.until(() => ann.chat.message(question.id)?.text.endsWith("Ann denied it. “Keep the scratch file”"));
    ann.sends("And another thing", { replyTo: question });
    await ann.sees("Answered already: Ann denied it. “Keep the scratch file”");

    expect(state.approvals[0]?.settlement).toMatchObject({ choice: "deny", advice: "Keep the scratch file" });
    expect(daemon.submissions).toHaveLength(1);
  });

  test("BOT-02 a command longer than a message is shown whole, with its buttons at the end", async () => {
    await using scene = await startScenePlaying();
    const { ann, botApi } = scene;
    const argument = "word ".repeat(1_200).trim();

    const { question, approval } = await withQuestion(scene, commandSubject(["echo", argument, "last-word"]));
    const end = await ann.sees("last-word");
    const tap = ann.taps(end, "Allow once");
    await botApi.until(() => tap.answer);
    await settles(scene, approval);
    await botApi.until(() => ann.chat.message(end.id)?.text.includes("Ann allowed it once."));

    const shown = [question, end].map(({ text }) => text).join(" ");
    expect(shown.replace(/\s+/g, " ")).toContain(argument);
    expect(question.keyboard).toEqual([]);
    expect(tap.answer?.text).toBe("Allowed once.");
    expect(ann.chat.message(end.id)?.keyboard).toEqual([]);
  });
});

describe("the result", () => {
  test("BOT-04 LD-02 rings with the evidence; after Merge it shows the way, and the end is a message of its own", async () => {
    await using scene = await startScenePlaying();
    const { ann, botApi, daemon } = scene;
    const { job, question, approval } = await withQuestion(scene, mergeSubject);
    await daemon.leavesPatch(job.id, "diff --git a/price.js b/price.js\n-a\n+b\n");

    const diff = ann.taps(question, "Diff");
    await ann.sees("+b");
    const merge = ann.taps(question, "Merge");
    await botApi.until(() => merge.answer);
    await settles(scene, approval);
    await botApi.until(() => ann.chat.message(question.id)?.text.endsWith("Ann chose Merge. Merging…"));
    await daemon.tells(job.id, story.merged);
    const news = await ann.sees(/^✓ Merged[\s\S]*Merged into main as c0ffee1\.$/);
    await botApi.until(() => ann.chat.message(question.id)?.text.endsWith("Merged into main as c0ffee1."));

    expect([diff, merge].map(({ answer }) => answer?.text)).toEqual([undefined, "Merging…"]);
    expect(question.silent).toBe(false);
    expect(news).toMatchObject({ silent: false });
    expect(withButtons(ann.chat.messages)).toEqual([]);
  });

  test("LD-06 the button says how to ask for changes, and a reply asks for them", async () => {
    await using scene = await startScenePlaying();
    const { ann, botApi, daemon } = scene;
    const { question, approval } = await withQuestion(scene, mergeSubject);

    const explained = ann.taps(question, "Ask for changes");
    await botApi.until(() => explained.answer);
    expect(daemon.decisions).toEqual([]);
    ann.sends("Name it in cents", { replyTo: question });
    await ann.sees("The job goes back to work with your words.");
    const state = await settles(scene, approval);
    await botApi.until(() => ann.chat.message(question.id)?.text.endsWith("Ann asked for changes. “Name it in cents”"));

    expect(explained.answer?.text).toMatch(/^Reply to this message with what should be different/);
    expect(state.approvals[0]?.settlement).toMatchObject({ choice: "change", advice: "Name it in cents" });
    expect(withButtons(ann.chat.messages)).not.toContain(question.id);
    expect(daemon.submissions).toHaveLength(1);
  });

  test("LD-04 TG-34 a merge that was refused is asked again, and only the newest question has buttons", async () => {
    await using scene = await startScenePlaying();
    const { ann, daemon } = scene;
    const { job, question, approval } = await withQuestion(scene, mergeSubject);

    ann.taps(question, "Merge");
    await settles(scene, approval);
    const reason = "main has uncommitted changes in price.js. Commit or stash them.";
    await daemon.tells(job.id, { type: "landing_refused", code: "merge-blocked", reason });
    await daemon.asks(job.id, mergeSubject);
    const again = await ann.sees("You can try again.");
    await scene.botApi.until(() => ann.chat.message(question.id)?.text.endsWith(`Not merged: ${reason}`));

    expect(again.text).toContain(reason);
    expect(withButtons(ann.chat.messages)).toEqual([again.id]);
  });

  test("GT-16 a rejected job rings with its reason, and its card loses the Cancel button", async () => {
    await using scene = await startScenePlaying();
    const { ann, daemon, botApi } = scene;
    ann.sends("Fix the rounding");
    const job = await daemon.takesOrder();
    const card = await ann.sees("Queued");

    await daemon.tells(job.id, story.started, ...story.rejected);
    const ending = await ann.sees("unit ends with:");
    await botApi.until(() => ann.chat.message(card.id)?.text.startsWith("✗ Rejected"));

    expect(ending).toMatchObject({ silent: false });
    expect(ending.text).toContain('Check "unit" failed with exit code 1.');
    expect(ann.chat.message(card.id)?.keyboard).toEqual([]);
  });

  test("TG-28 three taps on Cancel are one cancel, and a tap on an ended job says that it ended", async () => {
    await using scene = await startScenePlaying();
    const { ann, daemon, botApi } = scene;
    ann.sends("Fix the rounding");
    const job = await daemon.takesOrder();
    const card = await ann.sees("Queued");

    const taps = [1, 2, 3].map(() => ann.taps(card, "Cancel"));
    await botApi.until(() => taps.every(({ answer }) => answer));
    const { by } = await daemon.decides("cancel");
    await daemon.tells(job.id, { type: "cancelled", by });
    await botApi.until(() => ann.chat.message(card.id)?.keyboard.length === 0);
    const late = ann.taps(card, "Cancel", { stale: true });
    await botApi.until(() => late.answer);

    expect(taps.map(({ answer }) => answer?.text)).toEqual(["Cancelling…", "Cancelling…", "Cancelling…"]);
    expect(late.answer?.text).toBe("This job has ended already.");
    expect(daemon.decisions).toEqual([]);
    await ann.sees("Cancelled by Ann.");
  });
});

function withButtons(messages: readonly ChatMessage[]): number[] {
  return messages.filter(({ keyboard }) => keyboard.length > 0).map(({ id }) => id);
}
