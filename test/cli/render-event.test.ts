import { expect, test } from "vitest";
import { renderEvent } from "../../src/cli/render-event.ts";
import type { JobEvent } from "../../src/core/event.ts";
import { fold, type JobState } from "../../src/core/job.ts";
import { jobIdOf } from "../../src/platform/job-desk.ts";
import { story, tree } from "./support/scene.ts";

/** The lines of the last of these events, told after the ones before it. */
function lastLines(...events: JobEvent[]): string[] {
  let state: JobState | undefined;
  let lines: string[] = [];
  for (const [index, event] of [story.queued("Fix it", "r"), ...events].entries()) {
    const entry = {
      jobId: jobIdOf("r"),
      sequence: index + 1,
      at: new Date().toISOString(),
      event,
      previous: "0".repeat(64),
    };
    state = fold(state, entry);
    lines = renderEvent(state, entry);
  }
  return lines;
}

const check = { label: "unit", argv: ["node", "--test"], exitCode: 1, durationMs: 1200 };

test("a failed check shows the end of what it printed", () => {
  const tail = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n");

  const lines = lastLines({ type: "check_finished", tree, check: { ...check, outcome: "failed", tail } });

  expect(lines[0]).toBe("  exit code 1");
  expect(lines).toHaveLength(16);
  expect(lines.at(-1)).toBe("  │ line 39");
});

test("a check that proved nothing is not told as a pass", () => {
  const lines = lastLines({ type: "check_finished", tree, check: { ...check, outcome: "unavailable", tail: "" } });

  expect(lines).toEqual(["  it proved nothing"]);
});

test("a check that was red before the work is told as that", () => {
  const lines = lastLines({ type: "check_finished", tree, check: { ...check, outcome: "as_before", tail: "" } });

  expect(lines).toEqual(["  red before the work, and no worse now"]);
});

test("a denied step says so, with the rule's words", () => {
  const lines = lastLines(
    { type: "step_started", stepId: "1", label: "git push" },
    { type: "step_finished", stepId: "1", outcome: "denied", detail: "denied by rule push: nothing is ever pushed" },
  );

  expect(lines).toEqual(["✗ git push (denied): denied by rule push: nothing is ever pushed"]);
});

test("a verdict other than accept names its reasons, and the next attempt its number", () => {
  const judged: JobEvent = { type: "judged", verdict: "iterate", reasons: ['Check "unit" failed with exit code 1.'] };

  expect(lastLines(judged)).toEqual(["✗ iterate", '  Check "unit" failed with exit code 1.']);
  expect(lastLines(judged, { type: "stage_started", stage: "run", iteration: 2 })).toEqual(["▸ attempt 2 of 3"]);
});

test("a command that asks is shown whole and in printable characters alone", () => {
  const asked = story.asksForCommand(jobIdOf("r"));
  if (asked.type !== "approval_requested" || asked.approval.subject.type !== "command")
    throw new Error("The story asks.");
  const argv = ["rm", "--", "a\u202eb", "x ".repeat(400)];
  const approval = { ...asked.approval, subject: { ...asked.approval.subject, argv } };

  const lines = lastLines({ type: "approval_requested", approval });

  expect(lines[1]).toBe(`  rm -- "a\\u{202e}b" "${"x ".repeat(400)}"`);
});
