import { expect, test } from "vitest";
import type { CommentText } from "../../../src/core/tracker/comment-text.ts";
import { commentMark } from "../../../src/sources/trackers/comment.ts";
import { describeHttpTracker, openSubject } from "../../contract/tracker.ts";
import { jiraSubject } from "../../support/trackers/jira-subject.ts";
import { ann, bob } from "../../support/trackers/world.ts";

describeHttpTracker(jiraSubject);

const never = new AbortController().signal;

test("SO-3 an OR inside of the filter does not let it leave the project or the states", async () => {
  await using it = await openSubject(jiraSubject, { provider: { queryFilter: "assignee = ann OR assignee = bob" } });
  it.world.add({ state: "Done", assignee: bob });
  it.world.add({ state: "To Do" });
  const wanted = [ann, bob].map((assignee) => it.world.add({ state: "To Do", assignee }));

  const found = await it.tracker.issuesByStates(["to do"], never);

  expect(found.map(({ id }) => id)).toEqual(wanted.map(jiraSubject.idOf));
});

test("SO-3 without a filter the query is as it was", async () => {
  await using it = await openSubject(jiraSubject);

  await it.tracker.issuesByStates(["To Do"], never);

  const [, list] = it.server.calls;
  expect(list?.query.get("jql")).toBe('project = "SHOP" AND status IN ("To Do") ORDER BY created ASC, key ASC');
});

test("SY-7 blockers hold back only what nobody has begun", async () => {
  await using it = await openSubject(jiraSubject);
  const blocker = it.world.add({ state: "To Do" });
  it.world.add({ state: "In Progress", blockedBy: [blocker.number] });

  const [begun] = await it.tracker.issuesByStates(["In Progress"], never);

  expect(begun).toMatchObject({ dispatchable: true, blockedBy: [{ identifier: "SHOP-1", state: "To Do" }] });
});

test("SY-5 a priority is a number, by the site's name for it", async () => {
  await using it = await openSubject(jiraSubject);
  it.world.add({ state: "To Do", priority: 2 });

  expect((await it.tracker.issuesByStates(["To Do"], never))[0]?.priority).toBe(2);
});

test("TR-06 whoever took a label off while it was looked at has not set it", async () => {
  await using it = await openSubject(jiraSubject);
  const issue = it.world.add({ state: "To Do" });
  it.world.setLabel(issue, "chargehand", bob);
  it.world.takeLabel(issue, "chargehand", ann);
  issue.labels = ["chargehand"];

  expect(await it.tracker.labelSetter(jiraSubject.idOf(issue), "chargehand", never)).toBeNull();
});

test("TR-05 a comment's last line is there again when it is read as wiki markup", async () => {
  await using it = await openSubject(jiraSubject);
  const issue = it.world.add({ state: "To Do" });
  const text: CommentText = [
    { type: "table", header: [["check"]], rows: [[[{ quoted: "{code}" }]]] },
    { type: "paragraph", line: [commentMark] },
  ];

  await it.tracker.writeComment(jiraSubject.idOf(issue), { text }, never);

  const [read] = await it.tracker.comments(jiraSubject.idOf(issue), new Date(0).toISOString(), never);
  expect(read?.body).toBe(`||check||\n|{{\\{code\\}}}|\n\n${commentMark}`);
});
