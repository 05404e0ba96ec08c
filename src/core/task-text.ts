import type { TaskChange } from "./approval.ts";
import type { JobState } from "./job.ts";

/** What a job works on: its order or the text that a person took in its place, and the comments they took with it. */
export function taskTextOf(state: JobState): string {
  const taken = (state.retold ?? []).flatMap(({ approvalId }) => changeIn(state, approvalId) ?? []);
  const text = taken.findLast(({ change }) => change === "text")?.text ?? state.submission.text;
  const comments = taken.filter(({ change }) => change === "comment").map((comment) => comment.text);
  return [text, ...comments].join("\n\n");
}

/** What a person took for this attempt to begin with, in the order in which they took it. */
export function retoldIn(state: JobState, iteration: number): TaskChange[] {
  const rows = (state.retold ?? []).filter((row) => row.iteration === iteration);
  return rows.flatMap(({ approvalId }) => changeIn(state, approvalId) ?? []);
}

/** The snapshot of an issue's own text that is worked on, and all others that a person was asked about since. */
export function knownSnapshots(state: JobState): { readonly accepted: string | undefined; readonly asked: string[] } {
  const { origin } = state.submission;
  const taken = (state.retold ?? []).flatMap(({ approvalId }) => changeIn(state, approvalId) ?? []);
  const last = taken.findLast(({ change }) => change === "text")?.snapshot;
  const subjects = state.approvals.map(({ approval }) => approval.subject).filter((it) => it.type === "task_changed");
  const since = last === undefined ? 0 : subjects.findLastIndex(({ snapshot }) => snapshot === last);
  return {
    accepted: last ?? (origin.type === "tracker" ? origin.snapshot : undefined),
    asked: subjects.slice(since).map(({ snapshot }) => snapshot),
  };
}

function changeIn({ approvals }: JobState, approvalId: string): TaskChange | undefined {
  const subject = approvals.find(({ approval }) => approval.id === approvalId)?.approval.subject;
  return subject?.type === "task_changed" ? subject : undefined;
}
