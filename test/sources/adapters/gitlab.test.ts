import { expect, test } from "vitest";
import { describeHttpTracker, openSubject } from "../../contract/tracker.ts";
import { gitlabSubject } from "../../support/trackers/gitlab-subject.ts";
import { ann } from "../../support/trackers/world.ts";

describeHttpTracker(gitlabSubject);

const never = new AbortController().signal;

test("TR-06 who lost their role is not trusted any more by whatever a decision follows from", async () => {
  await using it = await openSubject(gitlabSubject);
  const issue = it.world.add({ state: "opened", labels: ["todo"] });
  it.world.setLabel(issue, "chargehand", ann);
  it.world.comment(issue, "Do it.", ann);
  const id = gitlabSubject.idOf(issue);
  const [listed] = await it.tracker.issuesByStates(["todo"], never);
  expect(listed?.author?.association).toBe("owner");

  it.world.users.splice(0, 1);

  expect((await it.tracker.issuesByIds([id], never))[0]?.author?.association).toBeNull();
  expect((await it.tracker.labelSetter(id, "chargehand", never))?.association).toBeNull();
  expect((await it.tracker.comments(id, new Date(0).toISOString(), never))[0]?.author?.association).toBeNull();
});

test("TR-06 only the people in question are asked about", async () => {
  await using it = await openSubject(gitlabSubject);
  const issue = it.world.add({ state: "opened", labels: ["todo"] });

  await it.tracker.issuesByIds([gitlabSubject.idOf(issue)], never);

  const asked = it.server.callsOf(/members\/all/).map(({ query }) => query.getAll("user_ids[]"));
  expect(asked).toEqual([[String(ann.id)]]);
});

test("TR-02 a label that stands for a state does so in its own spelling only, as in GitLab's lists", async () => {
  await using it = await openSubject(gitlabSubject);
  const other = it.world.add({ state: "opened", labels: ["Todo"] });
  const named = it.world.add({ state: "opened", labels: ["todo"] });

  const listed = await it.tracker.issuesByStates(["todo"], never);
  const [asked] = await it.tracker.issuesByIds([gitlabSubject.idOf(other)], never);

  expect(listed.map(({ id }) => id)).toEqual([gitlabSubject.idOf(named)]);
  expect(asked?.state).toBe("opened");
});
