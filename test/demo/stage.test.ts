import { afterAll, beforeAll, expect, test } from "vitest";
import { openStage, type Stage } from "../../src/demo/stage.ts";
import { suggestions } from "../../src/demo/suggestions.ts";
import type { ChatMessage } from "../../src/emulators/bot-api/chat.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ thinkMs: 0, keep: false }, AbortSignal.timeout(60_000));
}, 90_000);
afterAll(() => stage[Symbol.asyncDispose]());

const patient = { timeoutMs: 60_000 };

/** The first message of the bot after this one that has this button, or that holds these words. */
function seen(after: ChatMessage, wanted: { button: string } | { words: string }): Promise<ChatMessage> {
  return stage.botApi.until(
    () =>
      stage.ann.chat.messages.find(
        ({ id, text, keyboard, from }) =>
          id > after.id &&
          from.is_bot &&
          ("button" in wanted ? keyboard.flat().some((it) => it.text === wanted.button) : text.includes(wanted.words)),
      ),
    patient,
  );
}

test("a task the demo does not know ends as rejected, because nothing was changed, and says why", async () => {
  const order = stage.ann.sends("Rewrite it in Rust");

  const result = await seen(order, { words: "Rejected" });

  expect(result.text).toContain("Nothing was changed.");
  expect(result.text).toContain("knows the suggested tasks only");
}, 90_000);

test("a claim that is not so is found out: the voucher passes on its second attempt only", async () => {
  const order = stage.ann.sends(suggestions.voucher.text);

  const result = await seen(order, { button: "Merge" });

  const card = stage.ann.chat.messages.find(({ id }) => id > order.id);
  expect(card?.versions.some(({ text }) => text.includes("iteration 2/3"))).toBe(true);
  expect(result.text).toContain("All checks passed");
  expect(result.text).toContain("src/voucher.js");
}, 90_000);

test("the README's scratch file goes only after a person allowed the command that deletes it", async () => {
  const order = stage.ann.sends(suggestions.readme.text);
  const question = await seen(order, { button: "Allow once" });

  stage.ann.taps(question, "Allow once");
  const result = await seen(order, { button: "Merge" });

  expect(question.text).toContain("git\nclean\n-fd");
  expect(result.text).toContain("README.md");
  expect(result.text).not.toContain("scratch.txt");
}, 90_000);

test("the README's scratch file is in the result when the person said no", async () => {
  const order = stage.ann.sends("Please write a readme");
  const question = await seen(order, { button: "Deny" });

  stage.ann.taps(question, "Deny");
  const result = await seen(order, { button: "Merge" });

  expect(result.text).toContain("scratch.txt");
}, 90_000);
