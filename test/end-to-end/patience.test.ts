import { expect, test } from "vitest";
import type { Simulation } from "../../src/agents/engines/simulation.ts";
import type { BotApi } from "../../src/emulators/bot-api/bot-api.ts";
import type { ChatMessage } from "../../src/emulators/bot-api/chat.ts";
import { offered, patience, runs, startInstallation } from "../support/installation.ts";

const right: Simulation = [{ do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }] }];

const saysCancelled = (botApi: BotApi, shown: () => ChatMessage | undefined) =>
  botApi.until(() => shown()?.text.includes("Cancelled") && shown()?.keyboard.length === 0, patience);

test("DU-09 BOT-03 a job that waits for a person is cancelled by two taps on its card, once, and its question closes", async () => {
  await using shop = await startInstallation({ script: runs("git clean -fd"), simulation: right });
  const { ann, botApi } = shop;
  ann.sends("Fix the price");
  const question = await offered(shop, "Allow once");
  const card = await offered(shop, "Cancel");

  const endings = () => ann.chat.messages.filter(({ text, silent }) => !silent && text.startsWith("■ Cancelled"));

  const taps = [ann.taps(card, "Cancel"), ann.taps(card, "Cancel")];
  await botApi.until(() => taps.every(({ answer }) => answer), patience);
  await saysCancelled(botApi, () => ann.chat.message(card.id));
  await botApi.until(() => ann.chat.message(question.id)?.keyboard.length === 0, patience);
  await botApi.until(() => endings().length > 0, patience);
  const late = ann.taps(question, "Allow once", { stale: true });
  await botApi.until(() => late.answer, patience);

  expect(taps.map(({ answer }) => answer?.text)).toEqual(["Cancelling…", "Cancelling…"]);
  expect(late.answer?.text).toBe("This job has ended; there is nothing left to decide.");
  expect(endings().map(({ text }) => text)).toEqual([expect.stringContaining("Cancelled by Ann.")]);
});

test("DU-08 TG-45 a person may take longer than an engine may be silent: nothing alarms, and the answer still counts", async () => {
  const [asks, hangs] = [runs("git clean -fd"), runs('codex exec "Hang"')];
  await using shop = await startInstallation({
    script: (request, signal) => (request.userText.includes("Hang") ? hangs : asks)(request, signal),
    simulation: [{ do: [{ hang: true }] }],
    settings: { limits: { stall: "1s", maxIterations: 1, retries: 0 } },
  });
  const { ann, botApi } = shop;
  ann.sends("Tidy up");
  const question = await offered(shop, "Allow once");
  const job = /· ([a-z0-9]{8})/.exec(question.text)?.[1] ?? "?";
  const told = () =>
    ann.chat.messages.filter(({ text }) => text.includes(job)).map(({ id, versions }) => [id, versions.length]);
  await botApi.until(() =>
    ann.chat.messages.some(({ silent, text }) => silent && text.includes("The question is below")),
  );
  const before = told();

  ann.sends("Hang");
  await ann.sees(/✗ (Failed|Rejected)/, patience);
  const results = shop.model.requests.flatMap(({ view }) => view?.toolResults ?? []);
  expect(results.some(({ text }) => /made no progress for too long/.test(text))).toBe(true);
  expect(told()).toEqual(before);
  ann.taps(question, "Allow once");

  await botApi.until(() => ann.chat.message(question.id)?.text.includes("Ann allowed it once."), patience);
});

test("DU-11 a SIGTERM while five answers wait for Telegram loses none of them, and doubles none", async () => {
  await using shop = await startInstallation({ script: runs("git status"), simulation: right });
  const { ann, botApi } = shop;
  const orders = ["/projects", "/help", "/jobs", "/status", "/settings"];
  botApi.inject({ method: "sendMessage", error: { code: 429, retryAfter: 10 } });
  ann.sends("/projects");
  await botApi.until(() => botApi.callsOf("sendMessage").some(({ outcome }) => outcome === 429), patience);
  for (const order of orders.slice(1)) ann.sends(order);
  await botApi.until(() => botApi.pendingUpdates.length === 0, patience);

  const said = () => ann.chat.messages.filter(({ from }) => from.id === botApi.bot.id);
  expect(said()).toEqual([]);
  expect(await shop.stop("SIGTERM")).toBe(0);
  await shop.start("up");
  await botApi.until(() => said().length >= orders.length, patience);
  ann.sends("/projects");
  await botApi.until(() => said().length > orders.length, patience);

  expect(said()).toHaveLength(orders.length + 1);
  expect(said().some(({ text }) => text.includes("sent again"))).toBe(false);
});
