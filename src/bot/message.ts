import { z } from "zod";
import { ChatPlace } from "../core/task.ts";

const Entity = z.object({
  type: z.enum(["bold", "italic", "code", "pre", "blockquote", "expandable_blockquote", "text_link"]),
  offset: z.number().int().nonnegative(),
  length: z.number().int().positive(),
  language: z.string().optional(),
  url: z.string().optional(),
});

const Button = z.object({ text: z.string(), data: z.string(), style: z.enum(["success", "danger"]).optional() });
export type Button = z.infer<typeof Button>;

export const Keyboard = z.array(z.array(Button));
export type Keyboard = z.infer<typeof Keyboard>;

/** What a message says: formatted text, perhaps buttons below it, perhaps a file it is the caption of. */
export const Content = z.object({
  text: z.string(),
  entities: z.array(Entity).readonly(),
  keyboard: Keyboard.optional(),
  document: z.object({ name: z.string(), text: z.string() }).optional(),
});
export type Content = z.infer<typeof Content>;

/**
 * What goes first when not everything may go at once. Who just wrote or tapped waits for the answer as for a question, and
 * an answer never takes a result's turn. Upkeep is of messages that say nothing false until then.
 */
export const ranks = { approval: 0, final: 1, progress: 2, upkeep: 3 } as const;
export type Rank = (typeof ranks)[keyof typeof ranks];

/**
 * One message of ours and what it should say now. `key` names it for ever: the first time it is sent, every later time
 * it is edited, so saying the same thing twice, even after a crash, shows it once.
 */
export const Message = z.object({
  key: z.string(),
  place: ChatPlace,
  rank: z.literal([0, 1, 2, 3]),
  /** Whether the phone rings when it arrives. */
  rings: z.boolean(),
  replyTo: z.number().int().optional(),
  content: Content,
  /** How it is told together with others of its kind when several wait for their turn. Without it, it is told alone. */
  short: Content.optional(),
});
export type Message = z.infer<typeof Message>;
