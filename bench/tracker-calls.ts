import type { Tracker } from "../src/core/tracker.ts";
import { type HttpTrackerSubject, openSubject } from "../test/contract/tracker.ts";
import { githubSubject } from "../test/support/trackers/github-subject.ts";
import { gitlabSubject } from "../test/support/trackers/gitlab-subject.ts";
import { jiraSubject } from "../test/support/trackers/jira-subject.ts";
import { linearSubject } from "../test/support/trackers/linear-subject.ts";
import { memorySubject } from "../test/support/trackers/memory-subject.ts";
import type { BenchRow } from "./row.ts";

const openIssues = 500;
const never = new AbortController().signal;

/** What each adapter asks of its tracker for a list of 500 open issues: at first, and when nothing was touched since. */
export async function callsPerPoll(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const subject of [githubSubject, linearSubject, gitlabSubject, jiraSubject]) rows.push(...(await over(subject)));
  await using memory = await memorySubject.open();
  for (let count = 0; count < openIssues; count += 1) memory.world.add({});
  const [first, second] = await twoLooks(memory.tracker, memorySubject.states.active, () => memory.asked());
  return [...rows, row("memory, the first look", first, 5), row("memory, nothing touched", second, 5)];
}

async function over(subject: HttpTrackerSubject): Promise<BenchRow[]> {
  await using it = await openSubject(subject);
  const { active } = subject.states;
  for (let count = 0; count < openIssues; count += 1) it.world.add(subject.placed(active));
  const [first, second] = await twoLooks(it.tracker, active, () => it.server.calls.length);
  const last = it.server.calls.at(-1);
  const isConditional = last?.headers["if-none-match"] !== undefined;
  const untouched = isConditional ? "nothing touched (a 304, which costs no rate limit)" : "nothing touched";
  const pages = Math.ceil(openIssues / (subject.kind === "linear" ? 50 : 100));
  // One call tells whether anything was touched; GitLab's roles are one more.
  return [
    row(`${subject.kind}, the first look`, first, pages + (subject.kind === "gitlab" ? 2 : 1)),
    row(`${subject.kind}, ${untouched}`, second, 1),
  ];
}

async function twoLooks(tracker: Tracker, state: string, asked: () => number): Promise<[number, number]> {
  const calls: number[] = [];
  for (let look = 0; look < 2; look += 1) {
    const before = asked();
    const issues = await tracker.issuesByStates([state], never);
    if (issues.length !== openIssues) throw new Error(`${issues.length} issues instead of ${openIssues}`);
    calls.push(asked() - before);
  }
  const [first = 0, second = 0] = calls;
  return [first, second];
}

function row(name: string, ours: number, value: number): BenchRow {
  return {
    id: "TR",
    name: `calls of a poll at ${openIssues} open issues: ${name}`,
    unit: "calls",
    ours,
    target: { value },
  };
}
