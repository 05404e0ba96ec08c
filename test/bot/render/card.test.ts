import fc from "fast-check";
import { expect, test } from "vitest";
import { renderCard, renderOrderCard } from "../../../src/bot/render/card.ts";
import { whyOrderWaits } from "../../../src/core/home.ts";
import { asked, jobAfter, start, submission } from "../support/job-after.ts";
import { commandSubject, mergeSubject, story } from "../support/story.ts";

const now = start + 192_000;
const buttons = (content: { keyboard?: readonly (readonly { text: string }[])[] | undefined }) =>
  content.keyboard?.flat().map(({ text }) => text);

test("BOT-01 the card says what is ordered, how it stands, what was done, how long it took and what it cost", () => {
  const job = jobAfter([
    story.started,
    story.step("git worktree add ../task-price origin/main"),
    story.finished("git worktree add ../task-price origin/main"),
    story.step("npm test"),
    story.finished("npm test", "failed", "exit code 1"),
    story.step("git push"),
    story.finished("git push", "denied", "rule G4"),
    story.step("codex exec 'Fix it'"),
    story.progress("codex exec 'Fix it'", "edit price.js"),
    story.spent,
  ]);

  const card = renderCard(job, now);

  expect(card.text).toBe(
    [
      "▸ Running · shop · x7k2m9qd",
      "Fix the rounding in price.js",
      "",
      "✓ git worktree add ../task-price origin/main",
      "✗ npm test — exit code 1",
      "✗ git push — denied: rule G4",
      "▸ codex exec 'Fix it'",
      "    edit price.js",
      "",
      "iteration 1/3 · 3m 11s · 12.4k tokens · $0.08",
    ].join("\n"),
  );
  expect(card.entities).toContainEqual({ type: "bold", offset: 0, length: 9 });
  expect(card.entities.filter(({ type }) => type === "code")).toHaveLength(5);
  expect(buttons(card)).toEqual(["Cancel"]);
});

test("BOT-01 of many steps the last six are shown, and how many came before", () => {
  const steps = Array.from({ length: 20 }, (_, index) => `step ${index + 1}`);
  const job = jobAfter([story.started, ...steps.flatMap((step) => [story.step(step), story.finished(step)])]);

  const { text } = renderCard(job, now);

  expect(text).toContain("… 14 earlier steps\n✓ step 15\n");
  expect(text).toContain("✓ step 20");
});

test("TG-47 what is worth knowing of a step that went well stays on the card", () => {
  const job = jobAfter([
    story.started,
    story.step("codex exec 'Fix it'"),
    story.finished("codex exec 'Fix it'", "ok", "The thread gave nothing and is set aside; a fresh one was started."),
  ]);

  expect(renderCard(job, now).text).toContain(
    "✓ codex exec 'Fix it' — The thread gave nothing and is set aside; a fresh one was started.",
  );
});

test("BOT-01 the Cancel button is there while the job can be cancelled, and not beside Merge and Discard", () => {
  expect(buttons(renderCard(jobAfter([]), now))).toEqual(["Cancel"]);
  expect(buttons(renderCard(jobAfter([story.started, asked(commandSubject())]), now))).toEqual(["Cancel"]);
  expect(buttons(renderCard(jobAfter([...story.verified, asked(mergeSubject)]), now))).toEqual([]);
  expect(buttons(renderCard(jobAfter([story.started, ...story.rejected]), now))).toEqual([]);
});

test("a job that ended shows why, how long it took, and nothing as running", () => {
  const by = { kind: "telegram", id: "1001", name: "Ann" } as const;

  const { text } = renderCard(jobAfter([story.started, story.step("npm test"), { type: "cancelled", by }]), now + 9e9);

  expect(text).toBe(
    [
      "■ Cancelled · shop · x7k2m9qd",
      "Fix the rounding in price.js",
      "",
      "Cancelled by Ann.",
      "",
      "✗ npm test — interrupted",
      "",
      "iteration 1/3 · 2s",
    ].join("\n"),
  );
});

test("an order that nobody has taken says so when no daemon runs", () => {
  const job = { id: "x7k2m9qd", submission };

  const isInOverview = false;
  expect(renderOrderCard(job, { obstacle: undefined, isInOverview }).text).toBe(
    "◌ Queued · shop · x7k2m9qd\nFix the rounding in price.js",
  );
  expect(renderOrderCard(job, { obstacle: whyOrderWaits([], "shop"), isInOverview }).text).toContain(
    "No daemon is running. The job starts as soon as one",
  );
});

test("TG-12 TG-16 whatever stands in a job, its card fits into a message and its entities into its text", () => {
  const hostile = fc.string({ unit: "binary", maxLength: 400 });
  fc.assert(
    fc.property(hostile, fc.array(hostile, { maxLength: 12 }), hostile, (order, labels, detail) => {
      const steps = labels.flatMap((label, index) => [
        story.step(label, `s${index}`),
        story.progress(`s${index}`, detail),
        ...(index % 2 === 0 ? [story.finished(`s${index}`, "failed", detail)] : []),
      ]);

      const { text, entities } = renderCard(jobAfter([story.started, ...steps], { text: order }), now);

      expect(text.length).toBeLessThanOrEqual(4_096);
      expect(text.isWellFormed()).toBe(true);
      for (const { offset, length } of entities) {
        expect(offset + length).toBeLessThanOrEqual(text.length);
        expect(text.slice(offset, offset + length).isWellFormed()).toBe(true);
      }
    }),
  );
});
