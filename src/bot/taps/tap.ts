import type { CallbackQuery } from "grammy/types";
import { identify, type Sender } from "../access.ts";
import { parseCallbackData, type Tap } from "../callback-data.ts";
import type { BotParts } from "../parts.ts";
import { answerQuestion } from "./answer-question.ts";
import { cancelJob, showDiff } from "./job-buttons.ts";
import { chooseForOrder } from "./order-buttons.ts";
import { removeKeyboard } from "./remove-keyboard.ts";

/** Somebody's finger on one of our buttons. */
export interface Press {
  readonly query: CallbackQuery;
  readonly updateId: number;
  readonly sender: Sender;
}

/** Does what the button says and returns the short sentence the phone shows at once. */
export async function pressed(parts: BotParts, updateId: number, query: CallbackQuery): Promise<string> {
  const sender = identify(parts.config, query.from);
  if (sender.role === "stranger") return "This bot does not work for you.";
  const press = { query, updateId, sender };
  const tap = parseCallbackData(query.data ?? "");
  if (tap === undefined) {
    await removeKeyboard(parts, press);
    return "This button is from an older version and means nothing any more.";
  }
  return act(parts, press, tap);
}

function act(parts: BotParts, press: Press, tap: Tap): Promise<string> {
  switch (tap.type) {
    case "answer":
      return answerQuestion(parts, press, tap);
    case "cancel":
      return cancelJob(parts, press, tap.jobId);
    case "diff":
      return showDiff(parts, press, tap.jobId);
    case "order":
      return chooseForOrder(parts, press, tap);
  }
}
