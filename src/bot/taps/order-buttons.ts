import { maySubmit } from "../../core/config.ts";
import type { Tap } from "../callback-data.ts";
import type { KeptOrder } from "../memory.ts";
import { ranks } from "../message.ts";
import { dropOption, orderQuestionKey, renderSettledOrder, submit } from "../orders/place-order.ts";
import type { BotParts } from "../parts.ts";
import { removeKeyboard } from "./remove-keyboard.ts";
import type { Press } from "./tap.ts";

/** The answer to "Which project is this for?". Only who ordered may give it, and once. */
export async function chooseForOrder(
  parts: BotParts,
  press: Press,
  { orderId, option }: Extract<Tap, { type: "order" }>,
): Promise<string> {
  const order = await parts.memory.keptOrder(orderId);
  if (order === undefined) {
    await removeKeyboard(parts, press);
    return "This choice is not open any more. Send the task again if it is still wanted.";
  }
  if (order.letter.senderId !== press.sender.id) return `Only ${order.letter.person.name} can choose here.`;
  if (!maySubmit(press.sender.role)) return "You may look at jobs here, but not order any.";
  const project = order.projects[option];
  if (option === dropOption) {
    await settle(parts, order, orderId, "Dropped.");
    return "Dropped.";
  }
  if (project === undefined || parts.config.projects[project] === undefined)
    return "This project is not set up any more.";
  await submit(parts, order.letter, { project, text: order.task });
  await settle(parts, order, orderId, `Project: ${project}`);
  return `Ordered in ${project}.`;
}

async function settle({ outbox, memory }: BotParts, order: KeptOrder, orderId: string, outcome: string): Promise<void> {
  await outbox.show({
    key: orderQuestionKey(order.letter),
    place: order.letter.place,
    rank: ranks.approval,
    rings: false,
    content: { ...renderSettledOrder(order, outcome), keyboard: [] },
  });
  await memory.forgetOrder(orderId);
}
