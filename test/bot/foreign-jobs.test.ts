import { expect, test } from "vitest";
import type { JobState } from "../../src/core/job.ts";
import type { Submission } from "../../src/core/task.ts";
import { jobIdOf } from "../../src/platform/job-desk.ts";
import { startScenePlaying } from "./support/scene.ts";
import { commandSubject, story } from "./support/story.ts";

/** An order that came from elsewhere than the chat in which it is shown. */
function orderFrom(origin: Submission["origin"], requestedBy: Submission["requestedBy"], text = "Fix the rounding") {
  const requestId = `${origin.type}-${text}`;
  const submittedAt = new Date().toISOString();
  const card = { chatId: 1001 };
  return { requestId, jobId: jobIdOf(requestId), project: "shop", text, origin, requestedBy, card, submittedAt };
}

const issue = {
  type: "tracker",
  tracker: "shop-issues",
  issueId: "12",
  identifier: "GH-12",
  url: "https://github.com/acme/shop/issues/12",
  snapshot: "0".repeat(64),
} as const;
const reporter = { kind: "tracker", id: "octo", name: "Octo" } as const;

test("TR-08 an issue's job has its card, its question and its result in the chat, with a link to where it came from", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon } = scene;
  const job = await daemon.takesIn(orderFrom(issue, reporter));
  const card = await ann.sees(/Queued · shop[\s\S]*From GH-12 in shop-issues/);
  await daemon.asks(job.id, commandSubject());
  const question = await ann.sees(/May this run\?[\s\S]*From GH-12 in shop-issues/);
  ann.taps(question, "Deny");
  await daemon.decides("settle");
  await daemon.tells(job.id, story.started, ...story.rejected);
  await ann.sees(/Rejected[\s\S]*unit ends with:/);

  expect(card.silent).toBe(true);
  expect(card.entities).toContainEqual(expect.objectContaining({ type: "text_link", url: issue.url }));
  expect(card.keyboard.flat().map(({ text }) => text)).toEqual(["Cancel"]);
});

test("TR-08 DU-04 its card is made true when the bot comes back, and is not said twice", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi, bot } = scene;
  const job = await daemon.takesIn(orderFrom(issue, reporter));
  const card = await ann.sees("Queued");
  await bot.stops();

  await daemon.tells(job.id, story.started, story.step("npm test"));
  scene.startsBot();
  await botApi.until(() => ann.chat.message(card.id)?.text.includes("npm test"));

  expect(ann.chat.messages).toHaveLength(1);
});

test.each([
  [{ type: "http" }, { kind: "http", id: "ci", name: "ci" }, "Ordered by ci over HTTP"],
  [{ type: "mcp" }, { kind: "mcp", id: "desk", name: "desk" }, "Ordered by desk over MCP"],
  [{ type: "terminal" }, { kind: "terminal", id: "ann", name: "Ann" }, "Ordered by Ann in a terminal"],
  [{ type: "list" }, { kind: "list", id: "todo", name: "Ann" }, "From a list of tasks, by Ann"],
  [{ type: "schedule", name: "nightly" }, { kind: "schedule", id: "n", name: "n" }, "From the schedule “nightly”"],
] as const)("TR-08 the card says where the job came from (%j)", async (origin, by, sentence) => {
  await using scene = await startScenePlaying();

  await scene.daemon.takesIn(orderFrom(origin, by));

  expect((await scene.ann.sees("Queued")).text.split("\n")[2]).toBe(sentence);
});

test.each(["http://localhost:3000/12", "http://10.0.0.1/12", "https://intranet/12"])(
  "TG-13 TR-08 what is no link for a phone is shown as code, and the message arrives (%s)",
  async (url) => {
    await using scene = await startScenePlaying();

    await scene.daemon.takesIn(orderFrom({ ...issue, url }, reporter));
    const { entities } = await scene.ann.sees("From GH-12 in shop-issues");

    expect(entities.map(({ type }) => type)).toEqual(["bold", "code", "code"]);
  },
);

test("TR-08 a job without a chat says nothing anywhere", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon } = scene;
  const { card: _, ...order } = orderFrom({ type: "http" }, { kind: "http", id: "ci", name: "ci" });
  const job = await daemon.takesIn(order);
  await daemon.tells(job.id, story.started, ...story.rejected);
  ann.sends("/jobs");
  await ann.sees(job.id);

  expect(ann.chat.messages).toHaveLength(2);
});

test("TR-08 BOT-01 of many jobs that came by themselves only the overview is said, and those left get their cards", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi } = scene;
  const jobs: JobState[] = [];
  for (let number = 1; number <= 8; number += 1) {
    jobs.push(await daemon.takesIn(orderFrom(issue, reporter, `Task ${number}.`)));
  }
  await ann.sees("8 jobs at once");
  const cards = () => ann.chat.messages.filter(({ silent, text }) => silent && text.includes("From GH-12"));
  expect(cards().length).toBeLessThanOrEqual(4);
  for (const { id } of jobs.slice(0, 6)) await daemon.tells(id, story.started, ...story.rejected);
  await ann.sees("Overview closed");
  await botApi.until(() => jobs.slice(6).every(({ id }) => cards().some(({ text }) => text.includes(id))));

  expect(cards().length).toBeLessThanOrEqual(6);
});
