import { describe, expect, test } from "vitest";
import type { JobEvent } from "../../src/core/event.ts";
import type { Claim } from "../../src/core/tracker/claim.ts";
import type { CommentPiece, CommentText } from "../../src/core/tracker/comment-text.ts";
import { renderMarkdown } from "../../src/core/tracker/markdown.ts";
import { commentMark, composeComment } from "../../src/sources/trackers/comment.ts";
import { jobAfter } from "../bot/support/job-after.ts";
import { story } from "../bot/support/story.ts";
import { readMarkdown } from "../support/trackers/effects.ts";
import { hostileWords } from "../support/trackers/hostile-words.ts";

const secret = "hunter2hunter2hunter2";
const redact = (text: string) => text.replaceAll(secret, "[redacted]");
const claim: Claim = {
  ...{ issueId: "7", identifier: "GH-7", status: "running", state: "open", sessions: 1, attempt: 0, jobId: "x7k2m9qd" },
  ...{ since: "2026-03-02T10:00:00.000Z", mark: "none", version: 1 },
};

function ended(words: string) {
  const [stage, taken, check] = story.rejected;
  const labelled: JobEvent = { ...check, check: { ...check.check, label: words } };
  const judged: JobEvent = { type: "judged", verdict: "reject", reasons: [`One: ${words}`, `Two: ${words}`] };
  return jobAfter([story.started, stage, taken, labelled, judged, { type: "rejected", reason: `One: ${words}` }]);
}

function piecesOf(text: CommentText): CommentPiece[] {
  return text.flatMap((block) => {
    if (block.type === "paragraph") return block.line;
    return block.type === "list" ? block.items.flat() : [block.header, ...block.rows].flat(2);
  });
}

describe("the comment on an issue", () => {
  test.each(hostileWords)("TR-05 TR-06 whoever said it, it stands there as theirs: %s", (words) => {
    const texts = [
      composeComment({ ...claim, status: "blocked" }, ended(words), redact),
      composeComment({ ...claim, status: "retry_queued", reason: words }, undefined, redact),
      composeComment({ ...claim, status: "blocked", reason: words }, undefined, redact),
    ];

    for (const pieces of texts.map(piecesOf)) {
      const ours = pieces.map((it) => (typeof it === "string" ? it : "strong" in it ? it.strong : ""));
      expect(ours.filter((it) => !/^[\w ,.:;+−%()'-]*$/.test(it))).toEqual([]);
      expect(
        pieces.filter((it) => typeof it === "object" && "quoted" in it && it.quoted.includes(words.slice(0, 50)))
          .length,
      ).toBeGreaterThan(0);
    }
    const [first] = texts;
    expect(readMarkdown(renderMarkdown(first ?? [])).effects).toEqual([]);
  });

  test.each(hostileWords.filter((words) => /[@#/<[!{]/.test(words)))("unquoted, it would do something: %s", (words) => {
    const raw = renderMarkdown([{ type: "paragraph", line: [words.replaceAll("`", "")] }]);

    expect(readMarkdown(raw).effects).not.toEqual([]);
  });

  test("no secret stands in it, not even where a text is cut", () => {
    for (const length of [20, 45, 280, 295, 580, 595]) {
      const text = composeComment(
        { ...claim, status: "blocked" },
        ended(`${"x".repeat(length)} ${secret} tail`),
        redact,
      );

      expect(JSON.stringify(text)).not.toContain("hunter2");
    }
  });

  test("TR-05 it ends with the line by which it is found again, and what is nobody's word is a dash", () => {
    const text = composeComment({ ...claim, status: "retry_queued", reason: "\u200b \n" }, undefined, () => "  ");

    expect(text.at(-1)).toEqual({ type: "paragraph", line: [commentMark] });
    expect(piecesOf(text)).toContainEqual({ quoted: "—" });
  });
});
