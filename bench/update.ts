import { Api } from "grammy";
import { pino } from "pino";
import { BotStatus } from "../src/bot/status.ts";
import { pollUpdates } from "../src/bot/updates/poll.ts";
import { startBotApi } from "../src/emulators/bot-api/server.ts";
import { interleave, quantile } from "./interleave.ts";
import type { Bench } from "./row.ts";

/** P-01: from an update being there to the handler having it, beside a long poll by hand. */
export const updateToHandler: Bench = async () => {
  await using ours = await startBotApi();
  await using raw = await startBotApi();
  const stop = new AbortController();
  let arrived: () => void = () => {};
  const handle = async () => {
    arrived();
    return true;
  };
  const api = new Api(ours.token, { apiRoot: ours.apiRoot });
  const polling = pollUpdates({ api, handle, status: new BotStatus(), log: pino({ enabled: false }) }, stop.signal);

  const timeOf = (botApi: typeof ours, listen: () => Promise<void>) => {
    const ann = botApi.person({ id: 1001, firstName: "Ann" });
    return async () => {
      const arrival = listen();
      await botApi.until(() => botApi.isPolled);
      const startedAt = performance.now();
      ann.sends("hello");
      await arrival;
      return performance.now() - startedAt;
    };
  };
  let offset = 0;
  const longPoll = async () => {
    const reply = await fetch(`${raw.apiRoot}/bot${raw.token}/getUpdates?timeout=30&offset=${offset}`);
    const { result } = (await reply.json()) as { result: { update_id: number }[] };
    offset = (result.at(-1)?.update_id ?? 0) + 1;
  };
  const samples = await interleave(
    {
      ours: timeOf(ours, () => new Promise((resolve) => (arrived = resolve))),
      raw: timeOf(raw, longPoll),
    },
    { rounds: 200, warmUp: 20 },
  );
  stop.abort();
  await polling;
  return [0.5, 0.99].map((share) => ({
    id: "P-01",
    name: `update available → handler, p${share * 100}`,
    unit: "ms" as const,
    ours: quantile(samples.ours, share),
    baseline: { name: "a long poll by hand", value: quantile(samples.raw, share) },
    target: { ratio: share === 0.5 ? 2.5 : 6 },
  }));
};
