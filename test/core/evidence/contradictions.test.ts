import { expect, test } from "vitest";
import type { JobEvent, LedgerEntry } from "../../../src/core/event.ts";
import { contradictions, foldLegally } from "../../../src/core/evidence/contradictions.ts";

const jobId = "aaaa1111";
const [tree, commit, other] = ["1", "2", "3"].map((digit) => digit.repeat(40)) as [string, string, string];
const ann = { kind: "terminal" as const, id: "ann", name: "Ann" };
const at = "2026-11-28T10:00:00.000Z";

/** The story of a job that was merged, by the names of what happened. */
const story = {
  queued: {
    type: "queued",
    submission: {
      ...{ requestId: "1", jobId, project: "shop", text: "Fix it", submittedAt: at },
      ...{ requestedBy: ann, origin: { type: "terminal" } },
    },
    base: { branch: "main", commit: other },
    maxIterations: 3,
  },
  run: { type: "stage_started", stage: "run", iteration: 1 },
  verify: { type: "stage_started", stage: "verify", iteration: 1 },
  taken: { type: "candidate_taken", tree, stat: { files: 1, insertions: 1, deletions: 1 }, paths: ["a"] },
  checked: checkOn(tree),
  judged: { type: "judged", verdict: "accept", reasons: [] },
  accepted: { type: "accepted", ref: "refs/heads/chargehand/accepted/aaaa1111", commit, tree },
  asked: question("a"),
  answered: answer("a", "merge"),
  land: { type: "stage_started", stage: "land", iteration: 1 },
  merged: { type: "merged", commit: other, into: "main" },
} satisfies Record<string, JobEvent>;

function checkOn(tree: string): JobEvent {
  const check = { label: "unit", argv: ["node"], outcome: "passed" as const, exitCode: 0, durationMs: 1, tail: "" };
  return { type: "check_finished", tree, check };
}

function question(id: string, about: { tree: string; commit: string } = { tree, commit }): JobEvent {
  const subject = { type: "merge" as const, ...about, into: "main" };
  return { type: "approval_requested", approval: { id: id.repeat(22), jobId, subject, askedAt: at } };
}

function answer(id: string, choice: "merge" | "discard"): JobEvent {
  return { type: "approval_settled", approvalId: id.repeat(22), settlement: { type: "chosen", choice, by: ann } };
}

type Story = readonly (readonly [string, JobEvent])[];

const whole: Story = Object.entries(story);
const without = (name: string): Story => whole.filter(([one]) => one !== name);
const instead = (name: string, ...events: JobEvent[]): Story =>
  whole.flatMap(([one, event]): Story => (one === name ? events.map((it) => [it.type, it] as const) : [[one, event]]));

function ledger(told: Story): LedgerEntry[] {
  return told.map(([, event], index) => ({ jobId, sequence: index + 1, at, event, previous: "0".repeat(64) }));
}

test("GT-20 the story of a job that was merged contradicts nothing", () => {
  expect(contradictions(ledger(whole))).toEqual([]);
  expect(foldLegally(ledger(whole))).toMatchObject({ state: { status: "done", outcome: "merged" } });
});

const { merged, accepted, checked, judged, asked, answered } = story;

test.each<[string, Story, JobEvent["type"], RegExp]>([
  ["nothing was measured", without("taken"), "accepted", /never measured/],
  [
    "another tree was accepted",
    instead("accepted", { ...accepted, tree: other }),
    "accepted",
    /not the one that was taken/,
  ],
  [
    "work went on behind the checks",
    instead("judged", story.run, judged),
    "accepted",
    /Work went on after the last checks/,
  ],
  ["no check ran", without("checked"), "accepted", /No check ran on the accepted tree/],
  ["a check ran on another tree", instead("checked", checkOn(other)), "accepted", /No check ran on the accepted tree/],
  ["nothing was judged", without("judged"), "accepted", /without a verdict/],
  ["it was rejected", instead("judged", { ...judged, verdict: "reject" }), "accepted", /without a verdict/],
  [
    "an earlier tree was judged well, and the last one was not",
    instead("judged", judged, story.taken, checked),
    "accepted",
    /without a verdict/,
  ],
  [
    "another tree is asked about",
    instead("asked", question("a", { tree: other, commit })),
    "approval_requested",
    /A merge was offered of something else/,
  ],
  [
    "another commit is asked about",
    instead("asked", question("a", { tree, commit: other })),
    "approval_requested",
    /A merge was offered of something else/,
  ],
  ["nobody was asked", without("asked"), "merged", /nobody had answered/],
  ["nobody answered", without("answered"), "merged", /nobody had answered/],
  ["a person chose to discard", instead("answered", answer("a", "discard")), "merged", /nobody had answered/],
  [
    "it was asked again, and only the first question was answered",
    instead("answered", answered, question("b")),
    "merged",
    /nobody had answered/,
  ],
  ["another question was answered", instead("answered", answer("b", "merge")), "merged", /nobody had answered/],
])("GT-20 LD-02 where %s, the ledger says so of itself", (_name, told, where, sentence) => {
  const entries = ledger(told);

  const found = contradictions(entries).filter(({ sequence }) => entries[sequence - 1]?.event.type === where);

  expect(found.map((one) => one.sentence).join()).toMatch(sentence);
});

test("GT-20 an event that its job's state does not allow ends what can be told, and is named", () => {
  const told = ledger([...whole, ["merged", merged], ["asked", asked]]);

  expect(foldLegally(told)).toMatchObject({ state: { status: "done" }, stuckAt: { sequence: whole.length + 1 } });
});
