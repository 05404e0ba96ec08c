import { expect, test } from "vitest";
import { startScenePlaying } from "./support/scene.ts";
import { startStoppableRedis } from "./support/stoppable-redis.ts";
import { story } from "./support/story.ts";

test("TG-23 a second process with the same bot waits for the end of the first, and then takes its place", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, status, bot } = scene;
  const logged: string[] = [];
  const second = scene.startsBot({ onReady: () => logged.push("ready") });
  ann.sends("Fix the rounding");
  const job = await daemon.takesOrder();
  await daemon.tells(job.id, story.started, ...story.rejected);
  await ann.sees("unit ends with:");
  const whileBoth = [...logged];

  await bot.stops();
  ann.sends("Fix the tax");
  await daemon.takesOrder("tax");
  await second.stops();

  expect(whileBoth).toEqual([]);
  expect(logged).toEqual(["ready"]);
  expect(ann.chat.messages.filter(({ text }) => text.includes("unit ends with:"))).toHaveLength(1);
  expect(status.trouble).toBeUndefined();
});

test("TG-23 an outage of Redis leaves one of them", async () => {
  const redis = await startStoppableRedis();
  await using scene = await startScenePlaying({ redis });
  const { ann, daemon } = scene;
  const bots = [scene.bot, scene.startsBot()];

  await redis.stops();
  await redis.starts();
  ann.sends("Fix the rounding");
  await daemon.takesOrder();
  await Promise.all(bots.map((bot) => bot.stops()));

  const ends = await Promise.all(bots.map(({ end }) => end));
  expect(ends.filter((end) => end === undefined || (end as Error).name === "AbortError").length).toBeGreaterThan(0);
  expect(daemon.submissions).toHaveLength(1);
});

test("RC-14 TG-51 no secret reaches the chat, whichever way it comes", async () => {
  const secret = "s3cr3t-value-of-the-daemon";
  const redact = (text: string) => text.replaceAll(secret, "[redacted]");
  await using scene = await startScenePlaying({ bot: { redact } });
  const { ann, daemon, botApi } = scene;
  ann.sends(`Fix the rounding, the key is ${secret}`);
  const job = await daemon.takesOrder();
  await daemon.tells(job.id, story.started, story.step(`echo ${secret}`), story.claimed(`I used ${secret}.`));
  await daemon.leavesPatch(job.id, `+key = "${secret}"\n`.repeat(300));
  await daemon.tells(job.id, ...story.rejected);
  await ann.sees("unit ends with:");

  ann.sends("/diff");
  ann.sends("/status");
  const file = await botApi.until(() => ann.chat.messages.find(({ attachment }) => attachment)?.attachment);
  await botApi.until(() => ann.chat.messages.filter(({ text }) => text.startsWith("✗ Rejected")).length === 3);

  const said = ann.chat.messages.filter(({ from }) => from.is_bot).flatMap(({ versions }) => versions);
  expect(said.filter(({ text }) => text.includes(secret))).toEqual([]);
  expect(said.some(({ text }) => text.includes("[redacted]"))).toBe(true);
  expect(Buffer.from(botApi.file(file.fileId) ?? []).toString()).toContain('+key = "[redacted]"');
});
