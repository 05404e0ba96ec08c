import { expect, test } from "vitest";
import { parseCallbackData } from "../../../src/bot/callback-data.ts";
import { renderOverview } from "../../../src/bot/render/overview.ts";
import { renderTaskQuestion } from "../../../src/bot/render/task-question.ts";
import type { ApprovalSubject, TaskChange } from "../../../src/core/approval.ts";
import type { JobState } from "../../../src/core/job.ts";
import { approvalOf, asked, jobAfter, start } from "../support/job-after.ts";
import { story } from "../support/story.ts";

const ann = { kind: "telegram", id: "1001", name: "Ann" } as const;
const origin = {
  type: "tracker",
  tracker: "shop-issues",
  issueId: "12",
  identifier: "GH-12",
  url: "https://github.com/acme/shop/issues/12",
  snapshot: "0".repeat(64),
} as const;

function changed(text: string, change: TaskChange["change"] = "text"): TaskChange {
  return { type: "task_changed", change, snapshot: "a".repeat(64), text };
}

function jobAsked(subject: ApprovalSubject, ...later: Parameters<typeof jobAfter>[0]): JobState {
  return jobAfter([story.started, asked(subject), ...later], { origin });
}

function rendered(subject: TaskChange) {
  return renderTaskQuestion(jobAsked(subject), approvalOf(subject));
}

test("TR-08 the question says what changed, quotes it apart, and has one button for each answer", () => {
  const { text, entities, keyboard } = rendered(changed("Round half up.\nFor 7 too."));

  expect(text).toBe(
    [
      "◆ The task changed · shop · x7k2m9qd",
      "Fix the rounding in price.js",
      "From GH-12 in shop-issues",
      "",
      "It was edited, and says now:",
      "Round half up.",
      "For 7 too.",
      "",
      "The job waits, and no model has seen this. A stranger may have written it.",
    ].join("\n"),
  );
  const quoted = entities.find(({ type }) => type === "blockquote") ?? { offset: 0, length: 0 };
  expect(text.slice(quoted.offset, quoted.offset + quoted.length)).toBe("Round half up.\nFor 7 too.");
  expect(keyboard?.map((row) => row.map((button) => button.text))).toEqual([
    ["Keep the accepted text"],
    ["Take the new text"],
    ["Stop the job"],
  ]);
  expect(keyboard?.flat().map(({ data }) => parseCallbackData(data))).toEqual(
    ["keep_text", "take_text", "stop"].map((choice) => ({ type: "answer", approvalId: "q".repeat(22), choice })),
  );
});

test("TR-08 a stranger's comment is told as that", () => {
  expect(rendered(changed("Me too.", "comment")).text).toContain("\n\nNew words from outside:\nMe too.\n\n");
});

test("BOT-06 what would hide or turn the reading is spelled out", () => {
  const { text } = rendered(changed("safe\u202Etxet\u200Bend\u{E0041}\x1b[31mred"));

  expect(text).toContain("safe\\u{202e}txet\\u{200b}end\\u{e0041}red");
});

test.each(["<b>bold</b> <a href='tg://x'>y</a> &lt;", "**bold** [y](tg://x) `code` __u__", "```\npre\n```"])(
  "BOT-06 markup of a stranger is words and nothing else (%j)",
  (hostile) => {
    const { text, entities } = rendered(changed(hostile));

    expect(text).toContain(hostile);
    expect(entities.map(({ type }) => type)).toEqual(["bold", "code", "text_link", "blockquote"]);
  },
);

test.each([
  ["keep_text", "Ann goes on with the accepted text."],
  ["take_text", "Ann takes the new text."],
  ["stop", "Ann stopped the job."],
] as const)("BOT-03 once answered it has no buttons and says who chose what (%s)", (choice, sentence) => {
  const subject = changed("New.");
  const settlement = { type: "chosen", choice, by: ann } as const;
  const { id } = approvalOf(subject);
  const job = jobAsked(subject, { type: "approval_settled", approvalId: id, settlement });

  const { text, keyboard } = renderTaskQuestion(job, approvalOf(subject));

  expect(text).toMatch(/^■ Changed task/);
  expect(text.endsWith(`\n\n${sentence}`)).toBe(true);
  expect(keyboard).toEqual([]);
});

test("TG-35 a question that was open when its job ended has no buttons", () => {
  const subject = changed("New.");
  const { text, keyboard } = renderTaskQuestion(jobAsked(subject, { type: "cancelled", by: ann }), approvalOf(subject));

  expect(text).toMatch(/No longer open: The job has ended\.$/);
  expect(keyboard).toEqual([]);
});

test("BOT-01 the overview says the project once, or with each job where there are several", () => {
  const [shop, blog] = [jobAfter([story.started]), jobAfter([story.started], { project: "blog" })];

  expect(renderOverview([shop, shop], start).text).toMatch(
    /^2 jobs at once · shop\n[\s\S]*▸ x7k2m9qd Fix the rounding/,
  );
  expect(renderOverview([shop, blog], start).text).toMatch(
    /^2 jobs at once\n[\s\S]*▸ x7k2m9qd shop · Fix[\s\S]*blog · Fix/,
  );
});

test("BOT-01 the overview names what a job with a changed task waits for", () => {
  expect(renderOverview([jobAsked(changed("New."))], start + 60_000).text).toContain("    The task changed · ");
});
