import { expect, test } from "vitest";
import { type Rank, ranks } from "../../../src/bot/message.ts";
import { Lanes, type Slot, type Turn } from "../../../src/bot/outbox/lanes.ts";
import { telegramPace } from "../../../src/bot/outbox/pace.ts";

let order = 0;

function slot(chatId: number, rank: Rank, key = `${chatId}/${rank}`): Slot {
  const message = { key, place: { chatId }, rank, rings: false, content: { text: key, entities: [] } };
  order += 1;
  return { key, wish: { order, place: order, message, attempted: false, isStored: false } };
}

/** Sends everything in a simulated time in which every call takes 50 ms, and tells when each went. */
function simulate(lanes: Lanes, durationMs: number, onSent: (slot: Slot, at: number) => void = () => {}): number[] {
  const sentAt: number[] = [];
  const underway: { at: number; finish: () => void }[] = [];
  let now = 0;
  while (now <= durationMs) {
    const running = underway.splice(0);
    for (const call of running) {
      if (call.at <= now) call.finish();
      else underway.push(call);
    }
    const next = lanes.next(now);
    if (next !== undefined && "slot" in next) {
      lanes.take(next, now);
      sentAt.push(now);
      const at = now + 50;
      const started = now;
      underway.push({
        at,
        finish: () => {
          next.slot.wish = undefined;
          onSent(next.slot, started);
          lanes.release(next, at);
        },
      });
      continue;
    }
    const wakes = [next?.at, ...underway.map((it) => it.at)].filter((at) => at !== undefined && at > now);
    if (wakes.length === 0) break;
    now = Math.min(...(wakes as number[]));
  }
  return sentAt;
}

function mostWithin(windowMs: number, times: readonly number[]): number {
  return Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + windowMs).length));
}

test("BOT-05 a chat gets one message a second, a group twenty a minute, and all together less than thirty a second", () => {
  for (const [chatId, rank, windowMs, most] of [
    [1, ranks.progress, 1_000, 1],
    [1, ranks.final, 10_000, 11],
    [-1, ranks.final, 60_000, 20],
  ] as const) {
    const lanes = new Lanes(telegramPace);
    for (let index = 0; index < 60; index += 1) lanes.of(chatId).waiting.add(slot(chatId, rank, `m${index}`));
    expect(mostWithin(windowMs, simulate(lanes, 120_000))).toBe(most);
  }
  const lanes = new Lanes(telegramPace);
  for (let chatId = 1; chatId <= 200; chatId += 1) lanes.of(chatId).waiting.add(slot(chatId, ranks.final));
  const times = simulate(lanes, 60_000);
  expect(times).toHaveLength(200);
  expect(mostWithin(1_000, times)).toBeLessThan(30);
});

test("BOT-05 questions go before results, and results before progress, also between chats", () => {
  const lanes = new Lanes({ chatMs: () => 0, overallMs: 1_000, perSecond: Infinity });
  const sent: string[] = [];
  for (const [chatId, rank] of [
    [1, ranks.progress],
    [2, ranks.progress],
    [1, ranks.final],
    [2, ranks.approval],
    [1, ranks.approval],
  ] as const) {
    lanes.of(chatId).waiting.add(slot(chatId, rank));
  }

  simulate(lanes, 60_000, ({ key }) => sent.push(key));

  expect(sent).toEqual(["2/0", "1/0", "1/1", "1/2", "2/2"]);
});

test("BOT-01 a result goes right behind the card, and what follows pays for it", () => {
  const lanes = new Lanes(telegramPace);
  const sent: string[] = [];
  for (const [rank, key] of [
    [ranks.progress, "card"],
    [ranks.progress, "edit"],
  ] as const) {
    lanes.of(1).waiting.add(slot(1, rank, key));
  }

  simulate(lanes, 10_000, ({ key }, at) => {
    sent.push(`${key} at ${at}`);
    if (key === "card") lanes.of(1).waiting.add(slot(1, ranks.final, "result"));
  });

  expect(sent).toEqual(["card at 0", expect.stringMatching(/^result at \d{1,2}$/), "edit at 2050"]);
});

test("BOT-05 with a hundred cards that change all the time none is older than four seconds", () => {
  const lanes = new Lanes(telegramPace);
  const shownAt = new Map<number, number[]>();
  for (let chatId = 1; chatId <= 100; chatId += 1) lanes.of(chatId).waiting.add(slot(chatId, ranks.progress));

  simulate(lanes, 60_000, (shown, at) => {
    const chatId = shown.wish?.message.place.chatId ?? Number(shown.key.split("/")[0]);
    shownAt.set(chatId, [...(shownAt.get(chatId) ?? [0]), at]);
    shown.wish = slot(chatId, ranks.progress).wish;
  });

  const pauses = [...shownAt.values()].flatMap((times) => times.slice(1).map((at, index) => at - (times[index] ?? 0)));
  expect(shownAt.size).toBe(100);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(4_000);
});

test("TG-1 TG-3 a chat that must be silent is left alone, and holds up nobody else", () => {
  const lanes = new Lanes(telegramPace);
  const sent: string[] = [];
  lanes.of(1).quietUntil = 30_000;
  for (const chatId of [1, 2]) lanes.of(chatId).waiting.add(slot(chatId, ranks.final));

  simulate(lanes, 60_000, ({ key }, at) => sent.push(`${key} at ${at}`));

  expect(sent).toEqual(["2/1 at 0", "1/1 at 30000"]);
});

test("BOT-05 calls that nobody has answered may arrive at any time: no more are under way than a second allows", () => {
  const lanes = new Lanes(telegramPace);
  for (let chatId = 1; chatId <= 100; chatId += 1) lanes.of(chatId).waiting.add(slot(chatId, ranks.final));
  const underway: Turn[] = [];
  let now = 0;
  for (let next = lanes.next(now); next !== undefined; next = lanes.next(now)) {
    if ("at" in next) now = next.at;
    else {
      lanes.take(next, now);
      underway.push(next);
    }
  }

  expect(underway).toHaveLength(telegramPace.perSecond);
  const [answered] = underway;
  if (answered !== undefined) lanes.release(answered, now);
  expect(lanes.next(now)).toEqual({ at: now + 1_000 });
});
