import { expect, test } from "vitest";
import { describeHttpTracker, failureOf, openSubject } from "../../contract/tracker.ts";
import { githubSubject } from "../../support/trackers/github-subject.ts";
import { lineOf, StrictServer } from "../../support/trackers/strict-server.ts";
import { ann, bob, robot } from "../../support/trackers/world.ts";

describeHttpTracker(githubSubject);

const never = new AbortController().signal;
const open = (provider: object = {}) => openSubject(githubSubject, { provider });

test("TR-07 a poll after which nothing was touched is one request that costs no rate limit", async () => {
  await using it = await open();
  for (let count = 0; count < 230; count += 1) it.world.add({ labels: ["todo"] });
  const first = await it.tracker.issuesByStates(["todo"], never);
  it.server.calls.length = 0;

  const second = await it.tracker.issuesByStates(["todo"], never);

  expect(second).toEqual(first);
  expect(it.server.calls.map(({ headers }) => typeof headers["if-none-match"])).toEqual(["string"]);
});

test("TR-07 what was touched since the last poll is seen, closed issues too", async () => {
  await using it = await open();
  const [kept, closed] = [it.world.add({ labels: ["todo"] }), it.world.add({ labels: ["todo"] })];
  await it.tracker.issuesByStates(["todo"], never);
  it.world.change(kept, { title: "Another title" });
  it.world.change(closed, { state: "closed" });

  const found = await it.tracker.issuesByStates(["todo"], never);

  expect(found.map(({ title }) => title)).toEqual(["Another title"]);
});

test("TR-07 what GitHub does not count as a touch is seen after ten minutes", async () => {
  await using it = await open();
  const renamed = it.world.add({ labels: ["todo"] });
  it.world.add({ labels: ["todo"] });
  await it.tracker.issuesByStates(["todo"], never);
  renamed.labels = ["later"];

  expect(await it.tracker.issuesByStates(["todo"], never)).toHaveLength(2);
  it.clock.now += 11 * 60_000;
  expect(await it.tracker.issuesByStates(["todo"], never)).toHaveLength(1);
});

test("SY-7 a pull request is never dispatchable", async () => {
  await using it = await open();
  const pull = it.world.add({ labels: ["todo"], isPullRequest: true });

  const listed = await it.tracker.issuesByStates(["todo"], never);
  const asked = await it.tracker.issuesByIds([String(pull.number)], never);

  expect([...listed, ...asked].map(({ dispatchable }) => dispatchable)).toEqual([false, false]);
});

test("SY-5 an open issue is in the state of its last configured label, a closed one is closed", async () => {
  await using it = await open();
  const issues = [
    it.world.add({ labels: [" Todo", "In Progress"] }),
    it.world.add({ labels: ["TODO"] }),
    it.world.add({ labels: ["bug"] }),
    it.world.add({ labels: ["todo"], state: "closed" }),
  ];

  const found = await it.tracker.issuesByIds(
    issues.map(({ number }) => String(number)),
    never,
  );

  expect(found.map(({ state }) => state)).toEqual(["in progress", "todo", "open", "closed"]);
});

test("SY-18 the most urgent of the labels for priority counts", async () => {
  await using it = await open({ priorityLabels: { Urgent: 1, soon: 2 } });
  const issue = it.world.add({ labels: ["soon", "URGENT", "p3"] });

  const [found] = await it.tracker.issuesByIds([String(issue.number)], never);

  expect(found?.priority).toBe(1);
});

test("SO-3 the filter narrows lists, and never an issue that is asked for by number", async () => {
  await using it = await open({ queryFilter: { labels: ["chargehand"], assignee: "bob" } });
  const other = it.world.add({ labels: ["todo"] });
  const wanted = it.world.add({ labels: ["todo", "chargehand"], assignee: bob });

  const listed = await it.tracker.issuesByStates(["todo"], never);
  const asked = await it.tracker.issuesByIds([String(other.number)], never);

  expect(listed.map(({ id }) => id)).toEqual([String(wanted.number)]);
  expect(asked).toHaveLength(1);
  expect(it.server.callsOf(/labels=chargehand%2Ctodo/)).toHaveLength(1);
});

test("SY-7 a repository that is out of sight is a failure, not issues that are gone", async () => {
  await using it = await open();
  const issue = it.world.add({ labels: ["todo"] });
  it.server.inject({ at: /./, times: 9, reply: { status: 404, body: { message: "Not Found" } } });

  const failure = await failureOf(it.tracker.issuesByIds([String(issue.number)], never));

  expect(failure).toMatchObject({ category: "tracker_status", isRetryable: false });
});

test.each([301, 404, 410])("SY-7 an issue that answers with %i is absent", async (status) => {
  await using it = await open();
  const issue = it.world.add({ labels: ["todo"] });
  it.server.inject({ at: /\/issues\/1$/, reply: { status, body: { message: "Gone" } } });

  expect(await it.tracker.issuesByIds([String(issue.number)], never)).toEqual([]);
});

test("a credential goes neither where a link to the next page points nor where a redirection does", async () => {
  const stranger = new StrictServer(() => ({ status: 200, body: [] }));
  await using _ = stranger;
  await stranger.start();
  await using it = await open();
  it.world.add({ labels: ["todo"] });
  const link = { link: `<${stranger.url}/issues?page=2&after=cursor-2>; rel="next"` };
  const away = { location: `${stranger.url}/issues` };
  it.server.inject({ at: /labels=todo/, reply: (reply) => ({ ...reply, headers: link }) });
  it.server.inject({ at: /labels=todo/, after: 1, reply: { status: 302, headers: away, body: {} } });

  await it.tracker.issuesByStates(["todo"], never);
  it.clock.now += 11 * 60_000;
  const failure = await failureOf(it.tracker.issuesByStates(["todo"], never));

  expect(stranger.calls.map(lineOf)).toEqual([]);
  expect(failure.category).toBe("tracker_status");
});

test("SY-45 pages that lead in a circle are a failure", async () => {
  await using it = await open();
  it.world.add({ labels: ["todo"] });
  const circle = { link: '<https://api.github.com/issues?page=2&after=cursor-2>; rel="next"' };
  it.server.inject({ at: /labels=todo/, times: 9, reply: { status: 200, headers: circle, body: [] } });

  expect((await failureOf(it.tracker.issuesByStates(["todo"], never))).category).toBe("tracker_pagination");
});

test("TR-02 who set a label comes with what they may do, which decides about trust", async () => {
  await using it = await open();
  const issue = it.world.add({ labels: ["todo"] });
  it.world.setLabel(issue, "a", robot);
  it.world.setLabel(issue, "b", bob);
  const association = async (label: string) =>
    (await it.tracker.labelSetter(String(issue.number), label, never))?.association;

  expect(await association("a")).toBe("collaborator");
  expect(await association("b")).toBe("none");
  const [found] = await it.tracker.issuesByIds([String(issue.number)], never);
  expect(found?.author).toEqual({ id: String(ann.id), name: "ann", association: "owner" });
});

test("an id that is no number is refused without a request", async () => {
  await using it = await open();

  expect((await failureOf(it.tracker.issuesByIds(["../../user"], never))).category).toBe("tracker_request");
  expect(it.server.calls).toEqual([]);
});

test.each([
  "acme/..",
  "acme/.",
  "../shop",
  "acme/shop/issues",
  "acme/shop?x",
  "acme/[x](https://evil.example)",
  "a b/c",
])("TR-06 a repository cannot be called %s", async (repository) => {
  const opening = openSubject(githubSubject, { provider: { repository } });

  await expect(opening).rejects.toMatchObject({ category: "invalid_tracker_config" });
});
