import { pino } from "pino";
import { describe, expect, test } from "vitest";
import type { CommentText } from "../../src/core/tracker/comment-text.ts";
import { type Tracker, TrackerError } from "../../src/core/tracker.ts";
import type { TrackerConnection } from "../../src/sources/adapters/adapter.ts";
import { openTracker } from "../../src/sources/adapters/open-tracker.ts";
import type { Reading } from "../support/trackers/effects.ts";
import { hostileWords } from "../support/trackers/hostile-words.ts";
import type { Call, Fault, StrictServer } from "../support/trackers/strict-server.ts";
import { ann, bob, robot, TrackerWorld, type WorldComment, type WorldIssue } from "../support/trackers/world.ts";

/** A tracker to hold against the contract, and what is particular about it. */
export interface TrackerSubject {
  readonly kind: string;
  /** Two states in which work may be done, and one in which it is. */
  readonly states: { readonly active: string; readonly other: string; readonly terminal: string };
  /** How an issue in that state looks to the world. */
  placed(state: string): Partial<WorldIssue>;
  idOf(issue: WorldIssue): string;
  identifierOf(issue: WorldIssue): string;
  userIdOf(user: { readonly id: number }): string;
  /** What the tracker makes of a comment. */
  read(comment: WorldComment): Reading;
  /** How somebody else's words stand in a comment. */
  asShown(words: string): string;
  /** Whether labels that differ in case are two labels. */
  readonly labelsHaveCase: boolean;
  /** Whether lists begin with what was written last. */
  readonly newestFirst: boolean;
  /** Whether a list tells which issues are blocked; an issue that is asked for by id always does. */
  readonly listsKnowBlockers: boolean;
  /** How many issues are more than two pages. */
  readonly manyIssues: number;
  /** Opens it; `isMine` takes only what is assigned to the credential's owner. */
  open(options?: { readonly isMine?: boolean }): Promise<TrackerAtWork>;
}

export interface TrackerAtWork extends AsyncDisposable {
  readonly tracker: Tracker;
  readonly world: TrackerWorld;
  readonly log: readonly string[];
  /** How often it was asked for anything. */
  asked(): number;
}

/** A tracker that is spoken to over HTTP: a strict server and the faults it can have. */
export interface HttpTrackerSubject extends Omit<TrackerSubject, "open"> {
  provider(url: string): Record<string, unknown>;
  start(world: TrackerWorld, token: string): Promise<StrictServer>;
  /** A call for the second page of a list of issues. */
  readonly pageTwo: Fault["at"];
  /** Any call that reads issues. */
  readonly reading: Fault["at"];
  /** The tracker's other way of saying "too many", if it has one, and what is to be waited. */
  readonly limits: readonly { readonly name: string; readonly reply: Fault["reply"]; readonly waitMs: number }[];
}

export const token = "tok3n-0f-the-h0st-that-nobody-may-see";

export interface Opened extends TrackerAtWork {
  readonly server: StrictServer;
  /** Lets time pass for the adapter. */
  readonly clock: { now: number };
}

export async function openSubject(
  subject: HttpTrackerSubject,
  {
    provider = {},
    timeoutMs = 20_000,
    secret = token,
  }: { provider?: object; timeoutMs?: number; secret?: string } = {},
): Promise<Opened> {
  const world = new TrackerWorld(subject);
  const server = await subject.start(world, token);
  const log: string[] = [];
  const clock = { now: Date.UTC(2026, 5, 1) };
  const tracker = await openTracker(connectionOf(subject, { ...subject.provider(server.url), ...provider }), {
    token: secret,
    log: pino({ level: "trace" }, { write: (line: string) => void log.push(line) }),
    timeoutMs,
    now: () => clock.now,
  });
  const asked = () => server.calls.length;
  return { tracker, world, server, log, clock, asked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

export function connectionOf(
  { kind, states }: HttpTrackerSubject,
  provider: Record<string, unknown>,
): TrackerConnection {
  return {
    kind,
    provider,
    token: "TRACKER_TOKEN",
    activeStates: [states.active, states.other],
    terminalStates: [states.terminal],
    inProgress: { state: states.other },
    handoff: {},
  };
}

/** Waits for the failure that a call must have. */
export async function failureOf(call: Promise<unknown>): Promise<TrackerError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && outcome.error instanceof TrackerError) return outcome.error;
  throw new Error(`expected a TrackerError, got ${JSON.stringify(outcome)}`, { cause: outcome });
}

const never = new AbortController().signal;
const writesOver = ({ method, body }: Call) =>
  /^(PUT|PATCH)$/.test(method) || (method === "POST" && JSON.stringify(body).includes("commentUpdate"));
const broken: Fault["reply"] = { status: 503, body: `<html>Unavailable, Authorization: ${token}</html>` };

/** What every tracker that is spoken to over HTTP promises. */
export function describeHttpTracker(subject: HttpTrackerSubject): void {
  const open = ({ isMine = false } = {}) => openSubject(subject, isMine ? { provider: { assignee: "me" } } : {});
  describeTracker({ ...subject, open });
  describeFailures(subject);
}

/** What every tracker promises, wherever it is. */
export function describeTracker(subject: TrackerSubject): void {
  const { active, other, terminal } = subject.states;
  const { open } = subject;

  describe(`${subject.kind}: reading`, () => {
    test("SY-44 no states and no ids are answered without a request", async () => {
      await using it = await open();

      expect(await it.tracker.issuesByStates([], never)).toEqual([]);
      expect(await it.tracker.issuesByIds([], never)).toEqual([]);

      expect(it.asked()).toBe(0);
    });

    test("SY-4 SY-5 an issue has every field, labels and times in one spelling", async () => {
      await using it = await open();
      const title = `Ünïcode ${"漢字🎉 ".repeat(40)}`.slice(0, 200).trimEnd();
      const labels = ["Chargehand", "chargehand ", "  Needs Review "];
      const issue = it.world.add({ ...subject.placed(active), title, body: "a\u202Eb\n`x`", assignee: bob });
      for (const label of labels) it.world.setLabel(issue, label, ann);

      const [found] = await it.tracker.issuesByIds([subject.idOf(issue)], never);

      expect(found).toMatchObject({
        id: subject.idOf(issue),
        identifier: subject.identifierOf(issue),
        title,
        description: "a\u202Eb\n`x`",
        state: active,
        author: { id: subject.userIdOf(ann), name: "ann" },
        assigneeId: subject.userIdOf(bob),
        blockedBy: [],
        dispatchable: true,
        createdAt: issue.createdAt.replace("Z", ".000Z"),
        updatedAt: issue.updatedAt.replace("Z", ".000Z"),
      });
      expect(found?.labels).toEqual(expect.arrayContaining(["chargehand", "needs review"]));
      expect(found?.labels.filter((label) => label === "chargehand")).toHaveLength(1);
      expect(found?.url).toMatch(/^https?:\/\//);
    });

    test("SY-4 what is unknown is null or empty", async () => {
      await using it = await open();
      const issue = it.world.add({ ...subject.placed(active), body: null, author: null });

      const [found] = await it.tracker.issuesByIds([subject.idOf(issue)], never);

      expect(found).toMatchObject({ description: null, priority: null, author: null, assigneeId: null, blockedBy: [] });
    });

    test("only issues in the states asked for, whatever the case", async () => {
      await using it = await open();
      const first = it.world.add(subject.placed(active));
      it.world.add(subject.placed(other));
      const done = it.world.add(subject.placed(terminal));

      const found = await it.tracker.issuesByStates([` ${active.toUpperCase()} `, terminal], never);

      expect(found.map(({ id }) => id).toSorted()).toEqual([first, done].map(subject.idOf).toSorted());
    });

    test("SY-45 every page is read, in order", async () => {
      await using it = await open();
      const issues = Array.from({ length: subject.manyIssues }, () => it.world.add(subject.placed(active)));

      const found = await it.tracker.issuesByStates([active], never);

      const inOrder = subject.newestFirst ? issues.toReversed() : issues;
      expect(found.map(({ id }) => id)).toEqual(inOrder.map(subject.idOf));
    });

    test("SY-45 more ids than fit on a page are all asked for", async () => {
      await using it = await open();
      const ids = Array.from({ length: 130 }, () => subject.idOf(it.world.add(subject.placed(active))));

      const found = await it.tracker.issuesByIds([...ids, ...ids.slice(0, 5)], never);

      expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    });

    test("SY-44 SY-7 an issue that is gone is absent", async () => {
      await using it = await open();
      const here = it.world.add(subject.placed(active));
      const gone = it.world.add({ ...subject.placed(active), isGone: true });

      const found = await it.tracker.issuesByIds([gone, here].map(subject.idOf), never);

      expect(found.map(({ id }) => id)).toEqual([subject.idOf(here)]);
    });

    test("SY-44 a malformed record is left out of a list and logged, but fails when it was asked for", async () => {
      await using it = await open();
      const well = it.world.add(subject.placed(active));
      const bad = it.world.add({ ...subject.placed(active), broken: "title" });

      const found = await it.tracker.issuesByStates([active], never);
      const failure = await failureOf(it.tracker.issuesByIds([subject.idOf(bad)], never));

      expect(found.map(({ id }) => id)).toEqual([subject.idOf(well)]);
      expect(it.log.join()).toContain("a malformed issue was left out");
      expect(failure.category).toBe("tracker_response");
    });

    test("SY-7 TR-02 work begins only for the assignee that is wanted", async () => {
      await using it = await open({ isMine: true });
      const mine = it.world.add({ ...subject.placed(active), assignee: robot });
      it.world.add({ ...subject.placed(active), assignee: bob });
      it.world.add(subject.placed(active));

      const found = await it.tracker.issuesByStates([active], never);

      expect(found).toHaveLength(3);
      expect(found.filter(({ dispatchable }) => dispatchable).map(({ id }) => id)).toEqual([subject.idOf(mine)]);
    });

    test("SY-7 TR-02 work does not begin while something blocks it", async () => {
      await using it = await open();
      const blocker = it.world.add(subject.placed(active));
      const done = it.world.add(subject.placed(terminal));
      const blocked = it.world.add({ ...subject.placed(active), blockedBy: [blocker.number] });
      const free = it.world.add({ ...subject.placed(active), blockedBy: [done.number] });

      const listed = await it.tracker.issuesByStates([active], never);
      const refreshed = await it.tracker.issuesByIds([blocked, free].map(subject.idOf), never);

      for (const issues of subject.listsKnowBlockers ? [listed, refreshed] : [refreshed]) {
        expect(issues.find(({ id }) => id === subject.idOf(blocked))?.dispatchable).toBe(false);
        expect(issues.find(({ id }) => id === subject.idOf(free))?.dispatchable).toBe(true);
      }
      const first = refreshed.find(({ id }) => id === subject.idOf(blocked));
      expect(first?.blockedBy.map(({ identifier }) => identifier)).toEqual([subject.identifierOf(blocker)]);
    });
  });

  describe(`${subject.kind}: people`, () => {
    test("TR-02 who set a label is who set it last, while it is on the issue", async () => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));
      it.world.setLabel(issue, "chargehand", bob);
      it.world.takeLabel(issue, "chargehand", bob);
      it.world.setLabel(issue, subject.labelsHaveCase ? "chargehand" : "Chargehand", ann);
      it.world.setLabel(issue, "bug", bob);
      it.world.takeLabel(issue, "bug", ann);
      const setter = (label: string) => it.tracker.labelSetter(subject.idOf(issue), label, never);

      expect(await setter("chargehand")).toMatchObject({ id: subject.userIdOf(ann), name: "ann" });
      expect(await setter("bug")).toBeNull();
      expect(await setter("never")).toBeNull();
    });

    test("TR-06 whoever set a label in another case has set it only where that is the same label", async () => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));
      const setter = async () => (await it.tracker.labelSetter(subject.idOf(issue), "chargehand", never))?.name ?? null;

      it.world.setLabel(issue, "Chargehand", ann);
      expect(await setter()).toBe(subject.labelsHaveCase ? null : "ann");
      it.world.setLabel(issue, "chargehand", bob);
      expect(await setter()).toBe(subject.labelsHaveCase ? "bob" : "ann");
    });

    test("TR-07 comments since then, the edited too, oldest first", async () => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));
      const old = it.world.comment(issue, "old", ann);
      const edited = it.world.comment(issue, "first words", ann);
      const since = it.world.now();
      it.world.editComment(edited, "other words");
      const fresh = it.world.comment(issue, "fresh", bob);

      const found = await it.tracker.comments(subject.idOf(issue), since, never);

      expect(found.map(({ body }) => body)).toEqual(["other words", "fresh"]);
      expect(found[1]).toMatchObject({ author: { id: subject.userIdOf(bob) }, createdAt: instant(fresh.createdAt) });
      expect(found[0]?.updatedAt).toBe(instant(edited.updatedAt));
      expect(old.body).toBe("old");
    });

    test("SY-45 comments of many pages are all read", async () => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));
      const since = it.world.now();
      for (let count = 0; count < 120; count += 1) it.world.comment(issue, `comment ${count}`, bob);

      const found = await it.tracker.comments(subject.idOf(issue), since, never);

      expect(found.map(({ body }) => body)).toEqual(Array.from({ length: 120 }, (_, count) => `comment ${count}`));
    });

    test("the credential's owner is known", async () => {
      await using it = await open();

      expect(await it.tracker.self(never)).toMatchObject({ id: subject.userIdOf(robot), name: "chargehand-robot" });
    });
  });

  describe(`${subject.kind}: writing`, () => {
    test("TR-05 state and labels are changed, and the second time nothing is written", async () => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));
      it.world.setLabel(issue, "Waiting", ann);
      it.world.setLabel(issue, "keep", ann);
      const id = subject.idOf(issue);
      const change = { state: other, addLabels: ["started"], removeLabels: ["waiting", "not there"] };

      await it.tracker.change(id, change, never);
      const [changed] = await it.tracker.issuesByIds([id], never);
      const writes = issue.updatedAt;
      await it.tracker.change(id, change, never);

      expect(changed?.state).toBe(other);
      expect(changed?.labels).toEqual(expect.arrayContaining(["keep", "started"]));
      expect(changed?.labels).not.toContain("waiting");
      expect(issue.updatedAt).toBe(writes);
    });

    test("TR-05 a label is there as the tracker compares it, and no spelling of one that is to go stays", async () => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));
      const id = subject.idOf(issue);
      for (const label of ["Started", "Waiting", "WAITING"]) it.world.setLabel(issue, label, ann);

      await it.tracker.change(id, { addLabels: ["started"], removeLabels: ["waiting"] }, never);

      const [changed] = await it.tracker.issuesByIds([id], never);
      expect(changed?.labels).not.toContain("waiting");
      const setter = await it.tracker.labelSetter(id, "started", never);
      expect(setter?.name).toBe(subject.labelsHaveCase ? robot.login : "ann");
    });

    test("TR-05 an issue is closed and opened again", async () => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));
      const id = subject.idOf(issue);
      const stateAfter = async (state: string) => {
        await it.tracker.change(id, { state }, never);
        return (await it.tracker.issuesByIds([id], never))[0]?.state;
      };

      expect(await stateAfter(terminal)).toBe(terminal);
      expect(await stateAfter(active)).toBe(active);
    });

    test("TR-05 a state that does not exist is a mistake of the configuration", async () => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));

      const failure = await failureOf(it.tracker.change(subject.idOf(issue), { state: "Moon" }, never));

      expect(failure.category).toBe("invalid_tracker_config");
      expect(failure.message).toContain(other);
    });

    test("TR-05 a comment is written, and written over", async () => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));
      const id = subject.idOf(issue);
      const shown = () => it.world.commentsOf(issue).map((comment) => subject.read(comment).shown.trim());

      const commentId = await written(it.tracker.writeComment(id, { text: saying("Working on it 🎉") }, never));
      const again = await it.tracker.writeComment(id, { commentId, text: saying("Done.") }, never);

      expect(again).toBe(commentId);
      expect(shown()).toEqual(["Done."]);
      expect((await it.tracker.comments(id, new Date(0).toISOString(), never))[0]?.body.trim()).toBe("Done.");
    });

    test("TR-05 a comment that somebody deleted cannot be written over, and nothing is written in its place", async () => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));
      const id = subject.idOf(issue);
      const [deleted, kept] = [
        await written(it.tracker.writeComment(id, { text: saying("Working on it.") }, never)),
        await written(it.tracker.writeComment(id, { text: saying("Another one.") }, never)),
      ];
      it.world.deleteComment(it.world.commentsOf(issue)[0] as WorldComment);

      expect(await it.tracker.writeComment(id, { commentId: deleted, text: saying("Done.") }, never)).toBeNull();
      expect(await it.tracker.writeComment(id, { commentId: kept, text: saying("Still here.") }, never)).toBe(kept);
      expect(it.world.commentsOf(issue).map((comment) => subject.read(comment).shown.trim())).toEqual(["Still here."]);
    });

    test.each(hostileWords)("TR-05 TR-06 what others wrote is shown and does nothing: %s", async (words) => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));
      const text: CommentText = [
        { type: "paragraph", line: [{ quoted: words }] },
        { type: "paragraph", line: ["Because: ", { quoted: words }, "."] },
        { type: "list", items: [[{ quoted: words }], [{ strong: "No." }]] },
        {
          type: "table",
          header: [["check"], [""]],
          rows: [
            [[{ quoted: words }], ["2 passed"]],
            [["a"], [{ quoted: words }]],
          ],
        },
      ];

      await it.tracker.writeComment(subject.idOf(issue), { text }, never);

      const [written] = it.world.commentsOf(issue);
      if (written === undefined) throw new Error("Nothing was written.");
      const { shown, effects } = subject.read(written);
      expect(effects).toEqual([]);
      expect(shown.split("\n").filter((line) => line.includes(subject.asShown(words)))).toHaveLength(5);
      expect(shown).toContain("2 passed");
    });

    test("SY-46 writing to an issue that is gone is refused in words", async () => {
      await using it = await open();
      const issue = it.world.add({ ...subject.placed(active), isGone: true });

      const failure = await failureOf(it.tracker.writeComment(subject.idOf(issue), { text: saying("hello") }, never));

      expect(failure).toMatchObject({ category: "tracker_status", isRetryable: false });
    });
  });
}

function describeFailures(subject: HttpTrackerSubject): void {
  const { active } = subject.states;
  const open = (options?: Parameters<typeof openSubject>[1]) => openSubject(subject, options);

  describe(`${subject.kind}: failing`, () => {
    const ask = (it: Opened) => it.tracker.issuesByStates([active], never);

    test("SY-4 nonsense in what may be missing is null, and the issue stays", async () => {
      await using it = await open();
      const issue = it.world.add({ ...subject.placed(active), broken: "metadata", assignee: bob });

      const [found] = await it.tracker.issuesByIds([subject.idOf(issue)], never);

      expect(found).toMatchObject({ title: issue.title, author: null, assigneeId: null, createdAt: null });
    });

    test("SY-45 a failure on the second page fails the whole", async () => {
      await using it = await open();
      for (let count = 0; count < subject.manyIssues; count += 1) it.world.add(subject.placed(active));
      it.server.inject({ at: subject.pageTwo, reply: broken });

      const failure = await failureOf(it.tracker.issuesByStates([active], never));

      expect(failure).toMatchObject({ category: "tracker_status", isRetryable: true });
      expect(await it.tracker.issuesByStates([active], never)).toHaveLength(subject.manyIssues);
    });

    test("SY-46 a server that is down is a failure to try again, and works when it is up", async () => {
      await using it = await open();
      it.world.add(subject.placed(active));
      it.server.inject({ at: subject.reading, reply: broken });

      expect(await failureOf(ask(it))).toMatchObject({ category: "tracker_status", isRetryable: true });
      expect(await ask(it)).toHaveLength(1);
    });

    test("SY-46 a connection that breaks off is a failure to try again", async () => {
      await using it = await open();
      it.server.inject({ at: subject.reading, reply: "drop" });

      expect(await failureOf(ask(it))).toMatchObject({ category: "tracker_request", isRetryable: true });
    });

    test("SY-46 a server that does not answer is given up in time", async () => {
      await using it = await open({ timeoutMs: 300 });
      it.server.inject({ at: subject.reading, reply: "hang" });

      const failure = await failureOf(ask(it));

      expect(failure).toMatchObject({ category: "tracker_request", isRetryable: true });
      expect(failure.message).toContain("300 ms");
    });

    test("whoever stops waiting gets their own reason", async () => {
      await using it = await open();
      it.server.inject({ at: subject.reading, reply: "hang" });
      const stop = new AbortController();
      const call = it.tracker.issuesByStates([active], stop.signal);

      stop.abort(new Error("shutting down"));

      await expect(call).rejects.toThrow("shutting down");
    });

    test("SY-46 a wrong credential is said, and not tried again", async () => {
      await using it = await open({ secret: "another-credential-altogether" });

      const failure = await failureOf(ask(it));

      expect(failure).toMatchObject({ category: "tracker_status", isRetryable: false });
      expect(failure.message).toContain("credential");
    });

    test.each([403, 404])(
      "TR-05 a comment that is there is not taken for a deleted one, whatever %d says",
      async (status) => {
        await using it = await open();
        const id = subject.idOf(it.world.add(subject.placed(active)));
        const commentId = await written(it.tracker.writeComment(id, { text: saying("Working on it.") }, never));
        it.server.inject({ at: writesOver, reply: { status, body: { message: "No.", errors: [{ message: "No." }] } } });

        const failure = await failureOf(it.tracker.writeComment(id, { commentId, text: saying("Done.") }, never));

        expect(failure).toMatchObject({ category: "tracker_status", isRetryable: false });
      },
    );

    test("TR-05 a comment is not taken for a deleted one while the tracker is down", async () => {
      await using it = await open();
      const issue = it.world.add(subject.placed(active));
      const id = subject.idOf(issue);
      const commentId = await written(it.tracker.writeComment(id, { text: saying("Working on it.") }, never));
      it.world.deleteComment(it.world.commentsOf(issue)[0] as WorldComment);
      it.server.inject({ at: writesOver, reply: broken });

      const failure = await failureOf(it.tracker.writeComment(id, { commentId, text: saying("Done.") }, never));

      expect(failure).toMatchObject({ isRetryable: true });
    });

    test.each([
      { status: 200, body: "<html>Log in first</html>" },
      { status: 200, body: { message: "hello" } },
    ])("SY-46 an answer in another shape is a failure: $body", async (reply) => {
      await using it = await open();
      it.server.inject({ at: subject.reading, times: 9, reply });

      expect(await failureOf(ask(it))).toMatchObject({ category: "tracker_response", isRetryable: false });
    });

    const retryAfter: Fault["reply"] = { status: 429, headers: { "retry-after": "7" }, body: { message: "Slow down" } };
    test.each([{ name: "429 with Retry-After", reply: retryAfter, waitMs: 7_000 }, ...subject.limits])(
      "SY-46 TR-07 $name: nothing is asked until the time has passed",
      async ({ reply, waitMs }) => {
        await using it = await open();
        it.world.add(subject.placed(active));
        it.server.inject({ at: subject.reading, reply });

        const failure = await failureOf(ask(it));
        const calls = it.server.calls.length;
        const refused = await failureOf(it.tracker.self(never));

        expect(failure).toMatchObject({ category: "tracker_rate_limited", isRetryable: true, retryAfterMs: waitMs });
        expect(refused).toMatchObject({ category: "tracker_rate_limited", retryAfterMs: waitMs });
        expect(it.server.calls).toHaveLength(calls);
        it.clock.now += waitMs;
        expect(await ask(it)).toHaveLength(1);
      },
    );

    test("no secret is in a failure, a log or a reference, whoever sends it", async () => {
      await using it = await open();
      const basic = Buffer.from(`ann@acme.example:${token}`).toString("base64");
      it.world.add({ ...subject.placed(active), broken: "title" });
      const well = it.world.add(subject.placed(active));
      const echo = { message: `Bad ${token} and ${basic}`, errors: [{ message: `Bad ${token}` }] };
      it.server.inject({ at: subject.reading, reply: { status: 400, headers: { "x-echo": token }, body: echo } });
      it.server.inject({ at: subject.reading, after: 1, reply: { status: 500, body: `Bad ${token} ${basic}` } });

      const failures = [await failureOf(ask(it)), await failureOf(ask(it))];
      const issues = await it.tracker.issuesByIds([subject.idOf(well)], never);
      await ask(it);

      const told = failures.map((failure) => `${failure.message} ${failure.stack} ${JSON.stringify(inDepth(failure))}`);
      for (const text of [...told, ...it.log, JSON.stringify(issues)]) {
        expect(text).not.toContain(token);
        expect(text).not.toContain(basic);
      }
    });
  });
}

/** The id that a comment has when it was written. */
async function written(writing: Promise<string | null>): Promise<string> {
  const commentId = await writing;
  if (commentId === null) throw new Error("Nothing was written.");
  return commentId;
}

function saying(sentence: string): CommentText {
  return [{ type: "paragraph", line: [sentence] }];
}

function instant(time: string): string {
  return new Date(time).toISOString();
}

/** An error with all that hangs on it, as a careless logger would print it. */
function inDepth(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const entries = Object.getOwnPropertyNames(error).map((name) => [name, Object(error)[name]] as const);
  return Object.fromEntries(entries.map(([name, value]) => [name, inDepth(value)]));
}
