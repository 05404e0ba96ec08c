import { describe, expect, test } from "vitest";
import { renderCommandQuestion } from "../../../src/bot/render/command-question.ts";
import { renderEnding } from "../../../src/bot/render/ending.ts";
import { renderMergeQuestion } from "../../../src/bot/render/merge-question.ts";
import type { JobEvent } from "../../../src/core/event.ts";
import { approvalOf, asked, jobAfter, start } from "../support/job-after.ts";
import { commandSubject, mergeSubject, story } from "../support/story.ts";

const now = start + 192_000;
const ann = { kind: "telegram", id: "1001", name: "Ann" } as const;
const buttons = (content: { keyboard?: readonly (readonly { text: string }[])[] | undefined }) =>
  content.keyboard?.map((row) => row.map(({ text }) => text));

function settled(choice: "allow_once" | "deny" | "merge" | "discard" | "change", advice?: string): JobEvent {
  const settlement = { type: "chosen" as const, choice, by: ann, ...(advice !== undefined && { advice }) };
  return { type: "approval_settled", approvalId: approvalOf(mergeSubject).id, settlement };
}

describe("the question about a command", () => {
  const job = jobAfter([story.started, asked(commandSubject())]);

  test("BOT-02 shows every argument whole, one a line, with place, reason and expiry", () => {
    const argv = ["git", "clean", "-fd", "two words", "", "a\nb", "x\u202Ey"];
    const expiresAt = new Date(start + 24 * 3_600_000).toISOString();
    const question = renderCommandQuestion(job, { ...approvalOf(commandSubject(argv)), expiresAt });

    expect(question.text).toBe(
      [
        "◆ May this run? · shop · x7k2m9qd",
        "Fix the rounding in price.js",
        "",
        "7 words, one on each line:",
        ...["git", "clean", "-fd", '"two words"', '""', '"a\\nb"', '"x\\u{202e}y"'],
        "",
        "In /srv/shop/task-price",
        "It asks because: It deletes files that git does not know.",
        "",
        "Open for 24h. Reply to this message to deny it with advice.",
      ].join("\n"),
    );
    const block = question.entities.find(({ type }) => type === "pre");
    expect(question.text.slice(block?.offset).startsWith("git\nclean")).toBe(true);
    expect(buttons(question)).toEqual([["Allow once", "Allow for this job"], ["Deny"]]);
  });

  test("BOT-02 a very long command is not clipped", () => {
    const argument = "word".repeat(2_000);

    expect(renderCommandQuestion(job, approvalOf(commandSubject(["echo", argument]))).text).toContain(argument);
  });

  test.each([
    [{ type: "chosen", choice: "allow_for_job", by: ann }, "Ann allowed it for this job."],
    [{ type: "chosen", choice: "deny", by: ann, advice: "Keep the file" }, "Ann denied it. “Keep the file”"],
    [{ type: "expired" }, "Nobody answered in time, so it was not run."],
    [{ type: "void", reason: "The files changed." }, "No longer open: The files changed."],
  ] as const)("BOT-03 once settled it has no buttons and says by whom and how (%#)", (settlement, sentence) => {
    const { id } = approvalOf(commandSubject());
    const answered = jobAfter([
      story.started,
      asked(commandSubject()),
      { type: "approval_settled", approvalId: id, settlement },
    ]);
    const question = renderCommandQuestion(answered, approvalOf(commandSubject()));

    expect(question.text.endsWith(`\n\n${sentence}`)).toBe(true);
    expect(buttons(question)).toEqual([]);
  });
});

test("TG-35 a question that was open when its job ended has no buttons", () => {
  const ended = [{ type: "cancelled", by: ann }] as const;
  const command = jobAfter([story.started, asked(commandSubject()), ...ended]);
  const merge = jobAfter([...story.verified, asked(mergeSubject), ...ended]);

  const questions = [
    renderCommandQuestion(command, approvalOf(commandSubject())),
    renderMergeQuestion(merge, approvalOf(mergeSubject), now),
  ];

  expect(questions.map(({ text }) => text.split("\n").at(-1))).toEqual([
    "No longer open: The job has ended.",
    "Not merged: The job has ended.",
  ]);
  expect(questions.map(buttons)).toEqual([[], []]);
});

describe("the question about a merge", () => {
  const accepted = [story.started, story.spent, story.claimed(), ...story.verified, asked(mergeSubject)];

  test("BOT-04 GT-01 is the result: what was measured, and apart from it what the orchestrator says", () => {
    const question = renderMergeQuestion(jobAfter(accepted), approvalOf(mergeSubject), now);

    expect(question.text).toBe(
      [
        "✓ Accepted · shop · x7k2m9qd",
        "Fix the rounding in price.js",
        "",
        "All checks passed",
        "✓ unit  4.2s",
        "✓ tsc  0.8s",
        "",
        "2 files changed, +14 −3",
        "price.js",
        "price.test.js",
        "Within scope, no secret found",
        "",
        "The orchestrator says",
        "The rounding is fixed, and everything is fine.",
        "",
        "3m 11s · 12.4k tokens · $0.08",
        "Merge puts it into main as one merge commit.",
      ].join("\n"),
    );
    const quote = question.entities.find(({ type }) => type === "blockquote");
    expect(question.text.slice(quote?.offset, (quote?.offset ?? 0) + (quote?.length ?? 0))).toMatch(/^The rounding/);
    expect(buttons(question)).toEqual([
      ["Merge", "Diff"],
      ["Ask for changes", "Discard"],
    ]);
  });

  test("LD-02 after the tap it says who chose, then where the work went", () => {
    const chosen = [...accepted, settled("merge")];
    const land = { type: "stage_started", stage: "land", iteration: 1 } as const;

    expect(renderMergeQuestion(jobAfter(chosen), approvalOf(mergeSubject), now).text).toMatch(
      /\n\nAnn chose Merge\. Merging…$/,
    );
    const merged = jobAfter([...chosen, land, story.merged]);
    expect(renderMergeQuestion(merged, approvalOf(mergeSubject), now).text).toMatch(
      /\n\nAnn chose Merge\. Merged into main as c0ffee1\.$/,
    );
    expect(renderEnding(merged, now).text).toBe(
      "✓ Merged · shop · x7k2m9qd\nFix the rounding in price.js\n\nMerged into main as c0ffee1.",
    );
  });

  test("LD-06 a discarded result says who discarded it", () => {
    const discarded = jobAfter([...accepted, settled("discard"), { type: "discarded", by: ann }]);

    const question = renderMergeQuestion(discarded, approvalOf(mergeSubject), now);

    expect(question.text).toMatch(/\n\nAnn chose Discard\.$/);
    expect(buttons(question)).toEqual([]);
  });

  test("BOT-04 GT-14 a check shows its tests before and after, how often it was asked, and what was red before", () => {
    const report = (passed: number, failed: number) => ({ runner: "node", passed, failed, skipped: 0, failures: [] });
    const check = (label: string, facts: object): JobEvent => {
      const outcome = "passed" as const;
      const plain = { label, argv: ["npm", "test"], outcome, exitCode: 0, durationMs: 4_200, tail: "" };
      return { type: "check_finished", tree: mergeSubject.tree, check: { ...plain, ...facts } };
    };
    const checks = [
      check("unit", { tests: report(14, 0), before: { exitCode: 1, tests: report(12, 1) }, attempts: 2 }),
      check("api", { tests: report(9, 0) }),
      check("tsc", { before: { exitCode: 2 } }),
      check("lint", { outcome: "as_before", exitCode: 1 }),
    ];
    const [verifying, taken, , , ...judged] = story.verified;
    const job = jobAfter([story.started, verifying, taken, ...checks, ...judged, asked(mergeSubject)]);

    const { text } = renderMergeQuestion(job, approvalOf(mergeSubject), now);

    expect(text).toContain(
      [
        "3 of 4 checks passed",
        "✓ unit  4.2s · 12 → 14 passed, 1 → 0 failed · 2 times the same",
        "✓ api  4.2s · 9 passed",
        "✓ tsc  4.2s · red before the work",
        "– lint  4.2s — red before the work too, nothing new",
      ].join("\n"),
    );
    expect(text.split("\n").length).toBeLessThanOrEqual(20);
  });

  test("BOT-04 GT-09 GT-10 of held-out checks it says that they passed, and no more", () => {
    const [verifying, ...measured] = story.verified;
    const heldOut = [story.step("held-out checks"), story.finished("held-out checks")];
    const job = jobAfter([story.started, verifying, ...heldOut, ...measured, asked(mergeSubject)]);

    const { text } = renderMergeQuestion(job, approvalOf(mergeSubject), now);

    expect(text).toContain("\nWithin scope, no secret found, held-out checks passed\n");
  });

  test("BOT-04 GT-07 what no check speaks of has lines of its own, and the card stays short", () => {
    const [verifying, taken, ...judged] = story.verified;
    const remarks = ["Submodule lib was moved, aaaaaaa → bbbbbbb", "x".repeat(500), "third", "fourth", "fifth"];
    const job = jobAfter([story.started, verifying, { ...taken, remarks }, ...judged, asked(mergeSubject)]);

    const { text } = renderMergeQuestion(job, approvalOf(mergeSubject), now);

    expect(text).toContain(
      [
        "price.test.js",
        "! Submodule lib was moved, aaaaaaa → bbbbbbb",
        `! ${"x".repeat(139)}…`,
        "! third",
        "! and 2 more like these, in the report",
        "Within scope, no secret found",
      ].join("\n"),
    );
    expect(text.split("\n").length).toBeLessThanOrEqual(20);
  });

  test("BOT-04 of many checks only those are named that did not pass", () => {
    const many = Array.from(
      { length: 12 },
      (_, index): JobEvent => ({
        type: "check_finished",
        tree: mergeSubject.tree,
        check: {
          label: `check ${index}`,
          argv: ["npm", "test"],
          outcome: index === 3 ? "as_before" : "passed",
          exitCode: 0,
          durationMs: 100,
          tail: "",
        },
      }),
    );
    const [verifying, taken, , , ...judged] = story.verified;
    const job = jobAfter([story.started, verifying, taken, ...many, ...judged, asked(mergeSubject)]);

    const { text } = renderMergeQuestion(job, approvalOf(mergeSubject), now);

    expect(text).toContain(
      "11 of 12 checks passed\n– check 3  0.1s — red before the work too, nothing new\n✓ and 11 more\n",
    );
  });

  test("LD-06 a result that was sent back says by whom and with what words, and shows no evidence any more", () => {
    const job = jobAfter([...accepted, settled("change", "Name it in cents")]);

    const question = renderMergeQuestion(job, approvalOf(mergeSubject), now);

    expect(question.text).toBe(
      "▸ Back to work · shop · x7k2m9qd\nFix the rounding in price.js\n\nAnn asked for changes. “Name it in cents”",
    );
    expect(buttons(question)).toEqual([]);
  });

  test("LD-06 the result after changes is told with its own evidence", () => {
    const again = "r".repeat(22);
    const second: JobEvent = { type: "stage_started", stage: "run", iteration: 2 };
    const job = jobAfter([
      ...accepted,
      settled("change", "Name it in cents"),
      second,
      ...story.verified,
      asked(mergeSubject, again),
    ]);

    const question = renderMergeQuestion(job, approvalOf(mergeSubject, again), now);

    expect(question.text).toContain("All checks passed\n✓ unit  4.2s");
    expect(question.text).not.toContain("🔴");
  });

  test("LD-04 a merge that was not possible is told with its reason, and asked again with fresh buttons", () => {
    const reason = "main has uncommitted changes in price.js. Commit or stash them.";
    const refused: JobEvent = { type: "landing_refused", code: "merge-blocked", reason };
    const again = "r".repeat(22);
    const job = jobAfter([...accepted, settled("merge"), refused, asked(mergeSubject, again)]);

    const first = renderMergeQuestion(job, approvalOf(mergeSubject), now);
    const second = renderMergeQuestion(job, approvalOf(mergeSubject, again), now);

    expect(first.text).toMatch(new RegExp(`Not merged: ${reason}$`));
    expect(buttons(first)).toEqual([]);
    expect(second.text).toBe(
      [
        "◆ Not merged · shop · x7k2m9qd",
        "Fix the rounding in price.js",
        "",
        reason,
        "",
        "The work is kept as it was accepted. You can try again.",
      ].join("\n"),
    );
    expect(buttons(second)).toEqual([
      ["Merge", "Diff"],
      ["Ask for changes", "Discard"],
    ]);
  });
});

test("BOT-04 a rejected job says why, what the check printed last, and offers the diff", () => {
  const ending = renderEnding(jobAfter([story.started, ...story.rejected]), now);

  expect(ending.text).toBe(
    [
      "✗ Rejected · shop · x7k2m9qd",
      "Fix the rounding in price.js",
      "",
      'Check "unit" failed with exit code 1.',
      "",
      "0 of 1 checks passed",
      "✗ unit  3.9s — exit code 1",
      "",
      "unit ends with:",
      "price.test.js:5",
      "  Expected: 5",
      "  Actual: 6",
      "",
      "1 file changed, +1 −1",
      "price.js",
      "",
      "3 attempts · 5s",
    ].join("\n"),
  );
  expect(buttons(ending)).toEqual([["Diff"]]);
});

test("BOT-04 checks that are older than the last work are marked red and never look like proof", () => {
  const again: JobEvent = { type: "stage_started", stage: "run", iteration: 2 };
  const iterate: JobEvent = { type: "judged", verdict: "iterate", reasons: ["Nothing was changed."] };
  const [verifying, taken, check] = story.verified;
  const cancelled: JobEvent = { type: "cancelled", by: ann };

  const ending = renderEnding(jobAfter([story.started, verifying, taken, check, iterate, again, cancelled]), now);

  expect(ending.text).toContain(
    "🔴 The last check is older than the last edit.\n\nAll checks passed, before the last edits\n✓ unit",
  );
});

test("a job that failed before it began says only why", () => {
  const ending = renderEnding(
    jobAfter([{ type: "failed", code: "project-unusable", reason: "It has no commit." }]),
    now,
  );

  expect(ending.text).toBe("✗ Failed · shop · x7k2m9qd\nFix the rounding in price.js\n\nIt has no commit.\n\n1s");
  expect(buttons(ending)).toBeUndefined();
});

test("BOT-04 GT-12 GT-13 each way not to pass is told in its own words, and newly skipped tests are counted", () => {
  const report = (passed: number, skipped: number) => ({ runner: "node", passed, failed: 0, skipped, failures: [] });
  const check = (label: string, facts: object): JobEvent => {
    const plain = { label, argv: ["npm", "test"], exitCode: 1, durationMs: 4_200, tail: "" };
    return { type: "check_finished", tree: mergeSubject.tree, check: { ...plain, outcome: "failed", ...facts } };
  };
  const many = Array.from({ length: 20 }, (_, line) => `line ${line + 1}`).join("\n");
  const checks = [
    check("old", { outcome: "as_before", reason: '1 test failed before the work too: "a".', tail: "old words\n" }),
    check("unit", {
      reason: "1 test more is skipped than on the base.",
      tests: report(3, 1),
      before: { exitCode: 0, tests: report(4, 0) },
    }),
    check("chance", { outcome: "flaky", attempts: 3, tail: `${many}\n` }),
    check("silent", { outcome: "unavailable", exitCode: null }),
    check("slow", { exitCode: null }),
  ];
  const [verifying, taken] = story.rejected;
  const paths = Array.from({ length: 7 }, (_, number) => `src/${number}.js`);
  const ending = renderEnding(
    jobAfter([
      story.started,
      verifying,
      { ...taken, paths },
      ...checks,
      { type: "blocked", reason: "It proves nothing." },
    ]),
    now,
  );

  expect(ending.text).toContain(
    [
      "0 of 5 checks passed",
      '– old  4.2s — 1 test failed before the work too: "a".',
      "✗ unit  4.2s · 4 → 3 passed, 0 → 1 skipped — 1 test more is skipped than on the base.",
      "✗ chance  4.2s — answered differently when repeated",
      "✗ silent  4.2s — proved nothing",
      "✗ slow  4.2s — exit code none",
      "",
      "chance ends with:",
      "line 11",
    ].join("\n"),
  );
  expect(ending.text).toContain("line 20\n\n1 file changed, +1 −1\nsrc/0.js\n");
  expect(ending.text).toContain("src/4.js\nand 2 more\n");
  expect(ending.text).not.toMatch(/old words|Within scope|no secret found/);
});

test("BOT-04 work that nothing was checked of is marked red", () => {
  const again: JobEvent = { type: "stage_started", stage: "run", iteration: 2 };
  const [verifying, taken] = story.verified;
  const cancelled: JobEvent = { type: "cancelled", by: ann };

  const ending = renderEnding(jobAfter([story.started, verifying, taken, again, cancelled]), now);

  expect(ending.text).toContain("🔴 The last edits were never checked.");
});
