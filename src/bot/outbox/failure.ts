import { GrammyError, HttpError } from "grammy";
import { connectionCode, connectTimeoutCode } from "../telegram-connection.ts";

/** What a failed call means for the message it carried. */
export type Failure =
  /** Telegram asks for silence in this chat. */
  | { readonly type: "wait"; readonly waitMs: number }
  /** It never arrived: it may be sent again as it is. */
  | { readonly type: "unreached" }
  /** Nobody knows whether it arrived. */
  | { readonly type: "ambiguous" }
  /** The message says this already. */
  | { readonly type: "unchanged" }
  /** Telegram does not take the formatting, or something else about the message: the bare text may do. */
  | { readonly type: "malformed" }
  /** What it answers is no longer there. */
  | { readonly type: "reply-target-gone" }
  /** The message to edit is no longer there. */
  | { readonly type: "message-gone" }
  /** Nothing can be delivered there any more. */
  | { readonly type: "closed"; readonly what: "chat" | "topic" };

export function understand(error: unknown): Failure {
  if (error instanceof GrammyError) return refusal(error);
  if (error instanceof HttpError) return { type: isUnreached(error) ? "unreached" : "ambiguous" };
  // Not from the call: it was not made, since Redis could not be told of it first.
  return { type: "unreached" };
}

function refusal(error: GrammyError): Failure {
  const { error_code: code, description } = error;
  if (code === 429) return { type: "wait", waitMs: retryAfterSeconds(error) * 1_000 };
  if (code >= 500) return { type: "ambiguous" };
  if (code === 401 || code === 404) return { type: "unreached" };
  if (/message is not modified/i.test(description)) return { type: "unchanged" };
  if (/(message to be replied|replied message|reply message) not found/i.test(description)) {
    return { type: "reply-target-gone" };
  }
  if (/message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i.test(description)) {
    return { type: "message-gone" };
  }
  if (/thread not found|TOPIC_(CLOSED|DELETED)/i.test(description)) return { type: "closed", what: "topic" };
  if (code === 403 || /chat not found|deactivated|upgraded to a supergroup|PEER_ID_INVALID/i.test(description)) {
    return { type: "closed", what: "chat" };
  }
  return { type: "malformed" };
}

/** Usually a field; from some servers only words; from a broken one nothing, which must not mean "at once". */
function retryAfterSeconds({ parameters, description }: GrammyError): number {
  const fromWords = /retry after (\d+)/i.exec(description)?.[1];
  return parameters.retry_after ?? (fromWords === undefined ? 5 : Number(fromWords));
}

/** The connection was not made, so nothing can have gone through it. */
function isUnreached(error: unknown): boolean {
  const code = connectionCode(error) ?? "";
  return [connectTimeoutCode, "ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"].includes(code);
}
