import { maySubmit, roleOf } from "../../core/config.ts";
import { formatDuration } from "../../core/duration.ts";
import { AppError } from "../../core/error.ts";
import { whyOrderWaits } from "../../core/home.ts";
import type { Submission } from "../../core/task.ts";
import { callbackData } from "../callback-data.ts";
import { aboutJob, messageKeys } from "../job-messages.ts";
import type { KeptOrder, Letter } from "../memory.ts";
import { type Content, type Keyboard, ranks } from "../message.ts";
import type { BotParts } from "../parts.ts";
import { renderOrderCard } from "../render/card.ts";
import { title } from "../render/headline.ts";
import { paragraphs } from "../text/rich-text.ts";
import { answer } from "../updates/answers.ts";
import { onlyCaptionRead } from "../updates/attachment.ts";
import { readOrder } from "./read-order.ts";

/** An order that is older than this was written to a bot that was away: it is asked about, not carried out. */
const staleAfterMs = 30 * 60_000;

/** Makes a letter a job, or says what is missing, or asks. */
export async function placeOrder(parts: BotParts, letter: Letter): Promise<void> {
  const { config, outbox } = parts;
  if (!maySubmit(roleOf(config, letter.senderId))) {
    await answer(outbox, letter, "You may look at jobs here, but not order any. The owner can change that.");
    return;
  }
  const projects = Object.keys(config.projects);
  const order = readOrder(letter.text, projects);
  switch (order.type) {
    case "unusable":
      return answer(outbox, letter, order.sentence);
    case "which-project": {
      const unread = letter.captionOf === undefined ? [] : [onlyCaptionRead[letter.captionOf]];
      return ask(parts, { letter, task: order.text, projects }, [...unread, "Which project is this for?"].join(" "));
    }
    case "ready": {
      const doubt = doubtAbout(letter, Date.now());
      if (doubt === undefined) return submit(parts, letter, order);
      return ask(parts, { letter, task: order.text, projects: [order.project] }, doubt);
    }
  }
}

/** Why a complete order is asked about before it is carried out, or nothing. */
function doubtAbout({ captionOf, sentAt }: Letter, nowMs: number): string | undefined {
  const ageMs = nowMs - sentAt * 1_000;
  if (ageMs > staleAfterMs) return `This came while I was away, ${formatDuration(ageMs)} ago. Is it still wanted?`;
  return captionOf === undefined ? undefined : `${onlyCaptionRead[captionOf]} Is that the whole task?`;
}

/** The message that asks about an order. */
export function orderQuestionKey({ updateId }: Letter): string {
  return `answer-${updateId}`;
}

/** Puts the order on the queue and its card into the chat. The same letter twice is the same job with the same card. */
export async function submit(
  { desk, outbox, memory, me }: BotParts,
  letter: Letter,
  { project, text }: Pick<Submission, "project" | "text">,
): Promise<void> {
  const { place, messageId, updateId, person } = letter;
  const origin = { type: "telegram", ...place, messageId } as const;
  const requestId = `${me.id}-${updateId}`;
  try {
    const [jobId, roster, isInOverview] = await Promise.all([
      desk.submit({ requestId, project, text, requestedBy: person, origin }),
      desk.roster(),
      memory.hasOverview(place),
    ]);
    await memory.addLiveCard(jobId);
    const order = { id: jobId, submission: { project, text, origin, requestedBy: person } };
    const content = renderOrderCard(order, { obstacle: whyOrderWaits(roster, project), isInOverview });
    await outbox.post(
      aboutJob(
        { place, replyTo: messageId },
        { key: messageKeys.card(jobId), rank: ranks.approval, rings: false, content },
      ),
    );
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "conflict") throw error;
    await answer(outbox, letter, error.message);
  }
}

/** The order waits in Redis, so that the buttons work after a restart. */
async function ask({ outbox, memory }: BotParts, order: KeptOrder, question: string): Promise<void> {
  const orderId = String(order.letter.updateId);
  await memory.keepOrder(orderId, order);
  const content = { ...paragraphs(title(order.task), question), keyboard: choices(orderId, order) };
  await answer(outbox, order.letter, content, orderQuestionKey(order.letter));
}

/** What a kept order says when its buttons are gone. */
export function renderSettledOrder({ task }: KeptOrder, outcome: string): Content {
  return paragraphs(title(task), outcome);
}

function choices(orderId: string, { projects }: KeptOrder): Keyboard {
  const buttons = projects.slice(0, 20).map((project, option) => ({
    text: projects.length === 1 ? `Run in ${project}` : project,
    data: callbackData({ type: "order", orderId, option }),
  }));
  const drop = { text: "Drop it", data: callbackData({ type: "order", orderId, option: dropOption }) };
  return [
    ...Array.from({ length: Math.ceil(buttons.length / 2) }, (_, row) => buttons.slice(row * 2, row * 2 + 2)),
    [drop],
  ];
}

/** The answer that is no project. */
export const dropOption = 99;
