import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trackerBackoffMs } from "../../src/core/tracker/backoff.ts";
import { type Claim, type ClaimEvent, claimAfter } from "../../src/core/tracker/claim.ts";
import { compareIssues } from "../../src/core/tracker/order.ts";
import { reactionTo } from "../../src/core/tracker/reconcile.ts";
import { hasSlot } from "../../src/core/tracker/slots.ts";
import { standingOf } from "../../src/core/tracker/standing.ts";
import { isTrusted } from "../../src/core/tracker/trust.ts";
import { Issue } from "../../src/core/tracker.ts";

const now = new Date("2026-03-02T10:00:00.000Z");
const issueOf = (facts: Partial<Issue> = {}): Issue =>
  Issue.parse({
    ...{ id: "7", nativeRef: null, identifier: "GH-7", title: "Fix it", description: null, priority: null },
    ...{ state: "open", branchName: null, url: null, author: null, assigneeId: null, labels: ["chargehand"] },
    ...{ blockedBy: [], dispatchable: true, createdAt: now.toISOString(), updatedAt: now.toISOString() },
    ...facts,
  });
const rules = { activeStates: ["Open"], terminalStates: [" closed "], requiredLabels: ["Chargehand "] };

describe("which issues are worked on", () => {
  test.each([
    ["eligible", {}],
    ["eligible", { state: " OPEN ", labels: ["bug", "chargehand"] }],
    ["terminal", { state: "Closed" }],
    ["inactive", { state: "backlog" }],
    ["unrouted", { labels: ["bug"] }],
    ["unrouted", { dispatchable: false }],
  ])("SY-16 SY-5 an issue is %s with %j", (standing, facts) => {
    expect(standingOf(issueOf(facts), rules)).toBe(standing);
  });

  test("SY-16 a blank required label is on no issue", () => {
    expect(standingOf(issueOf({ labels: ["", " "] }), { ...rules, requiredLabels: [" "] })).toBe("unrouted");
  });

  test("TR-02 SY-18 the urgent go first, then the oldest of equal priority, then by name; what has no date goes last", () => {
    const day = (number: number) => `2026-03-0${number}T00:00:00.000Z`;
    const issues = [
      issueOf({ identifier: "undated", createdAt: null }),
      issueOf({ identifier: "zero", priority: 0, createdAt: day(1) }),
      issueOf({ identifier: "b", priority: 4, createdAt: day(3) }),
      issueOf({ identifier: "a", priority: 4, createdAt: day(3) }),
      issueOf({ identifier: "old", priority: 4, createdAt: day(2) }),
      issueOf({ identifier: "urgent", priority: 1, createdAt: day(9) }),
    ];

    const order = issues.sort(compareIssues).map(({ identifier }) => identifier);

    expect(order).toEqual(["urgent", "old", "a", "b", "zero", "undated"]);
  });

  test.each([
    [[], "todo", true],
    [["todo"], "todo", false],
    [["todo"], "doing", true],
    [["doing", "doing"], "doing", false],
    [[" Todo "], "TODO", false],
  ])("SY-17 with %j at work a slot for %s is free: %s", (workedOn, state, isFree) => {
    expect(hasSlot({ concurrent: 2, perState: { todo: 1 } }, workedOn, state)).toBe(isFree);
  });

  test.each([
    [{ id: "1", name: "x", association: "Owner" }, true],
    [{ id: "42", name: "x", association: "none" }, true],
    [{ id: "2", name: "42", association: null }, false],
    [null, false],
  ])("TR-06 trust goes by association and id, never by a name: %j", (user, trusted) => {
    expect(isTrusted(user, { associations: ["owner"], users: ["42"] })).toBe(trusted);
  });

  test("SY-22 DU-07 pauses double from ten seconds to the longest", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 60].map((n) => trackerBackoffMs(n, 300_000) / 1_000)).toEqual([
      ...[10, 20, 40, 80, 160, 300, 300, 300],
    ]);
  });
});

const taken: ClaimEvent = { type: "taken", issue: issueOf() };
const ordered: ClaimEvent = { type: "ordered", jobId: "aaaa1111" };
const dueAt = new Date(now.getTime() + 10_000).toISOString();
const claimThrough = (...events: ClaimEvent[]) =>
  events.reduce<Claim | undefined>((claim, event) => claimAfter(claim, event, now) ?? claim, undefined);

describe("what we hold of an issue", () => {
  test("SY-26 DU-07 waiting for a slot is no attempt, and a failure is one", () => {
    const failed = claimThrough(taken, ordered, { type: "job_failed_for_now", reason: "away", dueAt });

    expect(failed).toMatchObject({ status: "retry_queued", attempt: 1, sessions: 1, dueAt, reason: "away" });
    expect(failed && claimAfter(failed, { type: "slot_awaited", dueAt }, now)?.attempt).toBe(1);
    expect(failed && claimAfter(failed, { type: "refresh_failed", dueAt }, now)?.attempt).toBe(2);
  });

  test("SY-21 a job that ended leaves its issue with a person, and the count of failures begins anew", () => {
    const ended = claimThrough(taken, ordered, { type: "job_ended", reason: "Merged." });

    expect(ended).toMatchObject({ status: "blocked", attempt: 0, sessions: 1 });
    expect(ended && claimAfter(ended, taken, now)).toBeUndefined();
  });

  test("SY-27 sessions are counted over all tries of an issue", () => {
    const again = claimThrough(
      ...([taken, ordered, { type: "job_ended", reason: "" }, { type: "left", reason: "" }] satisfies ClaimEvent[]),
      ...[taken, ordered],
    );

    expect(again).toMatchObject({ status: "running", sessions: 2 });
  });

  const ends: ClaimEvent[] = [
    { type: "job_ended", reason: "done" },
    { type: "job_failed_for_now", reason: "away", dueAt },
    { type: "left", reason: "closed" },
  ];
  const anyEvent = fc.constantFrom<ClaimEvent>(
    ...([taken, ordered, ...ends, { type: "seen", state: "open" }] satisfies ClaimEvent[]),
    ...([
      { type: "order_failed", reason: "x", dueAt },
      { type: "refresh_failed", dueAt },
      { type: "slot_awaited", dueAt },
      { type: "capped", issue: issueOf(), reason: "x" },
      { type: "found", issue: issueOf(), jobId: "bbbb2222", sessions: 1 },
    ] satisfies ClaimEvent[]),
  );

  test("SY-29 every way out of running ends in a retry, with a person, or free; and each of those can become free", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        let claim: Claim | undefined;
        for (const event of events) {
          const next = claimAfter(claim, event, now);
          if (claim?.status === "running" && next !== undefined && event.type !== "seen")
            expect(["retry_queued", "blocked", "released"]).toContain(next.status);
          claim = next ?? claim;
        }
        if (claim === undefined) return;
        const free = claimAfter(claim, { type: "left", reason: "closed" }, now) ?? claim;
        expect(free.status).toBe("released");
        expect(claimAfter(free, taken, now)?.status).toBe("claimed");
      }),
    );
  });
});

const running = claimThrough(taken, ordered) as Claim;
const queued = claimThrough(taken, { type: "order_failed", reason: "x", dueAt }) as Claim;
const later = Date.parse(dueAt) + 1;

describe("what a look makes of what we hold", () => {
  test.each([
    ["running", running, "eligible", now.getTime(), "go_on"],
    ["running", running, "unread", now.getTime(), "keep"],
    ["running", running, "terminal", now.getTime(), "let_go"],
    ["running", running, "inactive", now.getTime(), "let_go"],
    ["running", running, "unrouted", now.getTime(), "let_go"],
    ["running", running, "missing", now.getTime(), "let_go"],
    ["not due", queued, "eligible", now.getTime(), "keep"],
    ["due", queued, "eligible", later, "go_on"],
    ["due", queued, "unread", later, "try_later"],
    ["due", queued, "missing", later, "let_go"],
    ["due", queued, "terminal", later, "let_go"],
  ] as const)("TR-04 SY-24 what is %s (%#) and seen %4$s", (_, claim, seen, at, reaction) => {
    expect(reactionTo(claim, seen, at).type).toBe(reaction);
  });
});
