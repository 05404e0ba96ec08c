import { expect, test } from "vitest";
import { describeHttpTracker, openSubject } from "../../contract/tracker.ts";
import { linearSubject } from "../../support/trackers/linear-subject.ts";
import { bob } from "../../support/trackers/world.ts";

describeHttpTracker(linearSubject);

const never = new AbortController().signal;

test("SO-3 the filter narrows lists, and never an issue that is asked for by id", async () => {
  const queryFilter = { or: [{ labels: { name: { eq: "chargehand" } } }] };
  await using it = await openSubject(linearSubject, { provider: { queryFilter } });
  const other = it.world.add({ state: "Todo" });
  const wanted = it.world.add({ state: "Todo", labels: ["chargehand"] });

  const listed = await it.tracker.issuesByStates(["Todo"], never);
  const asked = await it.tracker.issuesByIds([linearSubject.idOf(other)], never);

  expect(listed.map(({ id }) => id)).toEqual([linearSubject.idOf(wanted)]);
  expect(asked).toHaveLength(1);
});

test("SY-7 blockers hold back only what nobody has begun", async () => {
  await using it = await openSubject(linearSubject);
  const blocker = it.world.add({ state: "Todo" });
  it.world.add({ state: "In Progress", blockedBy: [blocker.number] });

  const [begun] = await it.tracker.issuesByStates(["In Progress"], never);

  expect(begun).toMatchObject({ dispatchable: true, blockedBy: [{ identifier: "SHOP-1", state: "Todo" }] });
});

test("SY-5 priority 0 is none", async () => {
  await using it = await openSubject(linearSubject);
  it.world.add({ state: "Todo" });
  it.world.add({ state: "Todo", priority: 1 });

  const found = await it.tracker.issuesByStates(["Todo"], never);

  expect(found.map(({ priority }) => priority)).toEqual([1, null]);
});

test("TR-02 a label that is on an issue since it was written is its author's", async () => {
  await using it = await openSubject(linearSubject);
  const issue = it.world.add({ state: "Todo", labels: ["chargehand"], author: bob });

  const setter = await it.tracker.labelSetter(linearSubject.idOf(issue), "Chargehand", never);

  expect(setter).toMatchObject({ id: linearSubject.userIdOf(bob), association: "guest" });
});
