import { GrammyError, HttpError } from "grammy";
import { describe, expect, test } from "vitest";
import { type Message, ranks } from "../../../src/bot/message.ts";
import { consequenceOf } from "../../../src/bot/outbox/consequence.ts";
import { understand } from "../../../src/bot/outbox/failure.ts";
import { bold } from "../../../src/bot/text/rich-text.ts";

function refused(error_code: number, description: string, parameters = {}): GrammyError {
  return new GrammyError("refused", { ok: false, error_code, description, parameters }, "sendMessage", {});
}

function broken(code?: string): HttpError {
  return new HttpError("broken", Object.assign(new Error("broken"), { code }));
}

describe("what a failed call means", () => {
  test.each([
    ["TG-4 the field", refused(429, "Too Many Requests: retry after 3", { retry_after: 37 }), 37_000],
    ["TG-4 words alone", refused(429, "Too Many Requests: retry after 37"), 37_000],
    ["TG-4 neither", refused(429, "Too Many Requests"), 5_000],
  ])("how long to be silent is told by %s", (_, error, waitMs) => {
    expect(understand(error)).toEqual({ type: "wait", waitMs });
  });

  test.each([
    ["TG-7", refused(400, "Bad Request: message is not modified: specified new message content …"), "unchanged"],
    ["TG-14", refused(400, "Bad Request: can't parse entities: unclosed"), "malformed"],
    ["TG-33", refused(400, "Bad Request: message to be replied not found"), "reply-target-gone"],
    ["TG-9", refused(400, "Bad Request: message to edit not found"), "message-gone"],
    ["TG-9", refused(400, "Bad Request: message can't be edited"), "message-gone"],
    ["TG-11", refused(502, "Bad Gateway"), "ambiguous"],
    ["TG-11", broken("ECONNRESET"), "ambiguous"],
    ["TG-11", broken(), "ambiguous"],
    ["TG-26", broken("ECONNREFUSED"), "unreached"],
    ["a Redis that is away", new Error("Connection is closed."), "unreached"],
  ])("%s: %s", (_, error, type) => {
    expect(understand(error).type).toBe(type);
  });

  test.each([
    [refused(403, "Forbidden: bot was blocked by the user"), "chat"],
    [refused(403, "Forbidden: bot was kicked from the supergroup chat"), "chat"],
    [refused(400, "Bad Request: chat not found"), "chat"],
    [refused(400, "Bad Request: message thread not found"), "topic"],
    [refused(400, "Bad Request: TOPIC_CLOSED"), "topic"],
  ])("a place that is gone is told apart from a message that is wrong (%#)", (error, what) => {
    expect(understand(error)).toEqual({ type: "closed", what });
  });
});

describe("what becomes of the message", () => {
  const content = bold("done");
  const final: Message = { key: "k", place: { chatId: 1 }, rank: ranks.final, rings: true, replyTo: 5, content };
  const card: Message = { ...final, rank: ranks.progress };

  test("TG-14 it is tried once as bare text, with the same words", () => {
    const first = consequenceOf({ type: "malformed" }, final);

    expect(first).toMatchObject({ type: "again", message: { content: { text: "done", entities: [] } } });
    const bare = { ...final, content: { text: "done", entities: [] } };
    expect(consequenceOf({ type: "malformed" }, bare)).toEqual({ type: "give-up" });
  });

  test("TG-33 without its reply where what it answers is gone", () => {
    expect(consequenceOf({ type: "reply-target-gone" }, final)).toMatchObject({
      type: "again",
      message: { replyTo: undefined },
    });
  });

  test("TG-9 a card that was deleted comes anew, an answered question stays deleted", () => {
    expect(consequenceOf({ type: "message-gone" }, card)).toMatchObject({ type: "again", isNew: true });
    expect(consequenceOf({ type: "message-gone" }, final)).toEqual({ type: "give-up" });
  });
});
