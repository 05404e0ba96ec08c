import { setTimeout as delay } from "node:timers/promises";
import { telegramPace } from "../src/bot/outbox/pace.ts";
import type { ChatMessage } from "../src/emulators/bot-api/chat.ts";
import { jobIdOf } from "../src/platform/job-desk.ts";
import { type Scene, startScenePlaying } from "../test/bot/support/scene.ts";
import { story } from "../test/bot/support/story.ts";
import { quantile } from "./interleave.ts";
import type { Bench } from "./row.ts";

const jobCount = 100;
const blocks = 4;
const tapsOfBlock = 75;
const tapEveryMs = 50;
const progressEveryMs = 20;

/**
 * BOT-03: from a tap on Cancel to its answer, with a hundred jobs in as many groups and up to 50 events of progress a second,
 * beside the same tap where one job has a card and nothing happens. In blocks in turn: the events pause for the second.
 */
export const tapToAnswer: Bench = async () => {
  await using busy = await startScenePlaying({ botApi: { rateLimits: true }, bot: { pace: telegramPace } });
  await using quiet = await startScenePlaying({ botApi: { rateLimits: true }, bot: { pace: telegramPace } });
  const cards = await begin(busy, jobCount);
  const only = await begin(quiet, 1);
  const samples = { busy: [] as number[], quiet: [] as number[] };
  for (let block = 0; block < blocks; block += 1) {
    samples.quiet.push(...(await tapOften(quiet, only)));
    const stop = new AbortController();
    const flowing = flow(busy, stop.signal);
    samples.busy.push(...(await tapOften(busy, cards)));
    stop.abort();
    await flowing;
  }
  return [0.5, 0.99].map((share) => ({
    id: "BOT-03",
    name: `tap → answerCallbackQuery with 100 jobs live, p${share * 100}`,
    unit: "ms" as const,
    ours: quantile(samples.busy, share),
    baseline: { name: "nothing happening", value: quantile(samples.quiet, share) },
    target: { value: 150 },
  }));
};

const chatOf = (number: number) => 2_000 + number;
const idOf = (number: number) => jobIdOf(`tap-${number}`);

/** Jobs at work, each with its card in a group of its own. */
async function begin({ botApi, daemon, ann }: Scene, count: number): Promise<ChatMessage[]> {
  const chats = Array.from({ length: count }, (_, number) =>
    botApi.group({ id: -chatOf(number), title: `Team ${number}`, botIsAdministrator: true }),
  );
  for (const [number, { id: chatId }] of chats.entries()) {
    const requestId = `tap-${number}`;
    await daemon.takesIn({
      requestId,
      jobId: idOf(number),
      project: "shop",
      text: `Task ${number}`,
      requestedBy: { kind: "telegram", id: String(ann.id), name: "Ann" },
      origin: { type: "http" },
      card: { chatId },
      submittedAt: new Date().toISOString(),
    });
    await daemon.tells(idOf(number), story.started, story.step("work"));
  }
  const offersCancel = ({ keyboard }: ChatMessage) => keyboard.flat().some(({ text }) => text === "Cancel");
  return await botApi.until(
    () => {
      const shown = chats.flatMap(({ messages }) => messages.findLast(offersCancel) ?? []);
      return shown.length === count && shown;
    },
    { timeoutMs: 60_000 },
  );
}

async function tapOften({ ann, botApi }: Scene, cards: readonly ChatMessage[]): Promise<number[]> {
  const samples: number[] = [];
  for (let number = 0; number < tapsOfBlock; number += 1) {
    await delay(tapEveryMs);
    const card = cards[number % cards.length] as ChatMessage;
    const startedAt = performance.now();
    const tap = ann.taps(card, "Cancel", { stale: true });
    await botApi.until(() => tap.answer);
    samples.push(performance.now() - startedAt);
  }
  return samples;
}

async function flow({ daemon }: Scene, signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted; number += 1) {
    await daemon.tells(idOf(number % jobCount), story.progress("work", `edit ${number}`));
    await delay(progressEveryMs);
  }
}
