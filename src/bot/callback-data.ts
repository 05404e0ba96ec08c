import type { Choice } from "../core/approval.ts";
import { ApprovalId } from "../core/approval.ts";
import { JobId } from "../core/task.ts";

/** What a button of ours asks for when it is tapped. */
export type Tap =
  | { readonly type: "answer"; readonly approvalId: string; readonly choice: Choice }
  | { readonly type: "cancel"; readonly jobId: string }
  | { readonly type: "diff"; readonly jobId: string }
  /** One of the answers a kept order offered, by its place in the list. */
  | { readonly type: "order"; readonly orderId: string; readonly option: number };

const choiceCodes = {
  allow_once: "o",
  allow_for_job: "j",
  deny: "n",
  merge: "m",
  discard: "x",
  change: "c",
  keep_text: "k",
  take_text: "t",
  stop: "s",
} as const satisfies Record<Choice, string>;

/** In bytes, not characters: https://core.telegram.org/bots/api#inlinekeyboardbutton */
const limitBytes = 64;

export function callbackData(tap: Tap): string {
  const data = encode(tap);
  if (new TextEncoder().encode(data).length > limitBytes) throw new RangeError(`Button data over 64 bytes: ${data}`);
  return data;
}

function encode(tap: Tap): string {
  switch (tap.type) {
    case "answer":
      return `a:${tap.approvalId}:${choiceCodes[tap.choice]}`;
    case "cancel":
      return `c:${tap.jobId}`;
    case "diff":
      return `d:${tap.jobId}`;
    case "order":
      return `o:${tap.orderId}:${tap.option}`;
  }
}

/** Whatever a client sends us is data from outside: what no button of ours can have said is nothing. */
export function parseCallbackData(data: string): Tap | undefined {
  const [kind, id = "", detail = "", ...rest] = data.split(":");
  if (rest.length > 0) return undefined;
  switch (kind) {
    case "a": {
      const choice = choices.get(detail);
      return ApprovalId.safeParse(id).success && choice !== undefined
        ? { type: "answer", approvalId: id, choice }
        : undefined;
    }
    case "c":
      return JobId.safeParse(id).success ? { type: "cancel", jobId: id } : undefined;
    case "d":
      return JobId.safeParse(id).success ? { type: "diff", jobId: id } : undefined;
    case "o":
      return /^\d{1,20}$/.test(id) && /^\d{1,2}$/.test(detail)
        ? { type: "order", orderId: id, option: Number(detail) }
        : undefined;
    default:
      return undefined;
  }
}

const choices = new Map<string, Choice>(
  Object.entries(choiceCodes).map(([choice, letter]) => [letter, choice as Choice]),
);
