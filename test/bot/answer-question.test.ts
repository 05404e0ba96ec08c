import { expect, test } from "vitest";
import { whyNot } from "../../src/bot/taps/answer-question.ts";
import type { AskedApproval } from "../../src/platform/job-desk.ts";

test("DU-05 an answer to another kind of question counts for none", () => {
  const subject = { type: "merge", tree: "1".repeat(40), commit: "2".repeat(40), into: "main" } as const;
  const approval = { id: "a".repeat(22), jobId: "aghs1k7h", subject, askedAt: "2026-01-01T00:00:00.000Z" };
  const asked = { approval, job: { status: "awaiting_approval" } } as AskedApproval;

  expect(whyNot(asked, "allow_for_job", 0)).toBe("This is no answer to that question.");
  expect(whyNot(asked, "merge", 0)).toBeUndefined();
});
