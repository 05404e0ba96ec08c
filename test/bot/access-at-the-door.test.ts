import { expect, test } from "vitest";
import { startScene, startScenePlaying } from "./support/scene.ts";
import { commandSubject, story } from "./support/story.ts";

const access = { owners: [1001], members: [1002], viewers: [1003] };

test("IN-01 BOT-11 a stranger is refused once, with the id to give to the owner, and nothing else happens, ever", async () => {
  await using scene = await startScenePlaying({ access });
  const { ann, botApi, daemon, bot } = scene;
  const eve = botApi.person({ id: 6_666, firstName: "Eve" });

  eve.sends("Fix the rounding");
  const refusal = await eve.sees("give the owner your Telegram user id: 6666");
  eve.sends("/jobs");
  eve.sendsFile({ name: "a.txt", bytes: new Uint8Array([1]) });
  await bot.stops();
  scene.startsBot();
  eve.sends("y".repeat(5_000));
  ann.sends("/jobs");
  await ann.sees("No jobs yet");

  expect(eve.chat.messages.filter(({ from }) => from.is_bot)).toEqual([refusal]);
  expect(daemon.submissions).toEqual([]);
});

test("BOT-11 a viewer may look, but neither order nor cancel", async () => {
  await using scene = await startScenePlaying({ access });
  const { ann, botApi, daemon } = scene;
  const vic = botApi.person({ id: 1003, firstName: "Vic" });
  ann.sends("Fix the rounding");
  const job = await daemon.takesOrder();

  vic.sends("Fix the tax");
  await vic.sees("You may look at jobs here, but not order any. The owner can change that.");
  vic.sends("/jobs");
  await vic.sees(job.id);
  vic.sends(`/cancel ${job.id}`);
  await vic.sees("You may look at jobs here, but not cancel any.");

  expect(daemon.submissions).toHaveLength(1);
  expect(daemon.decisions).toEqual([]);
});

test("TG-32 every button asks the same question: who are you, and may you", async () => {
  await using scene = await startScenePlaying({ access, projects: ["shop", "blog"] });
  const { botApi, daemon } = scene;
  const team = botApi.group({ id: -1_001, title: "Team", botIsAdministrator: true });
  const bob = botApi.person({ id: 1002, firstName: "Bob" });
  const vic = botApi.person({ id: 1003, firstName: "Vic" });
  const eve = botApi.person({ id: 6_666, firstName: "Eve" });
  const inTeam = { chatId: team.id };
  bob.sends("/new shop: Fix the rounding", inTeam);
  const job = await daemon.takesOrder();
  await daemon.tells(job.id, story.started);
  await daemon.asks(job.id, commandSubject());
  const card = await bob.sees("Waiting for you", inTeam);
  const question = await bob.sees("May this run?", inTeam);
  bob.sends("/new Fix the tax", inTeam);
  const choice = await bob.sees("Which project", inTeam);

  const taps = [
    eve.taps(question, "Allow once"),
    eve.taps(card, "Cancel"),
    eve.taps(choice, "shop"),
    vic.taps(card, "Cancel"),
    vic.taps(choice, "shop"),
    bob.taps(question, "Allow once"),
  ];
  await botApi.until(() => taps.every(({ answer }) => answer));

  expect(taps.map(({ answer }) => answer?.text)).toEqual([
    "This bot does not work for you.",
    "This bot does not work for you.",
    "This bot does not work for you.",
    "You may look at jobs here, but not cancel any.",
    "Only Bob can choose here.",
    "Only owners and approvers may answer this.",
  ]);
  expect(daemon.decisions).toEqual([]);
  expect(daemon.submissions).toHaveLength(1);
});

test("BOT-11 TG-52 a bot that nobody may use does not start", async () => {
  await using scene = await startScene({ access: {} });

  expect(await scene.startsBot().end).toMatchObject({ code: "bad-config" });
  expect(scene.botApi.calls).toEqual([]);
});
