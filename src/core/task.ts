import { z } from "zod";
import { maxOrderedChecks, OrderedCheck } from "./declared-check.ts";

/** Eight letters and digits, derived from the request: short enough to type on a phone, never recycled. */
export const JobId = z.string().regex(/^[a-z0-9]{8}$/);
export type JobId = z.infer<typeof JobId>;

/** The name a project has in the configuration; it also becomes part of paths, so its alphabet is narrow. */
export const ProjectName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "is no name of a project: write letters, digits, dots and dashes");

/** Who asked, tapped or cancelled: a person, or whatever speaks for one. `id` is unique within its `kind`. */
export const Person = z.object({
  kind: z.enum(["telegram", "terminal", "http", "mcp", "schedule", "list", "tracker"]),
  id: z.string().min(1),
  name: z.string(),
});
export type Person = z.infer<typeof Person>;

/** A chat, or one topic of it. */
export const ChatPlace = z.object({ chatId: z.number().int(), threadId: z.number().int().optional() });
export type ChatPlace = z.infer<typeof ChatPlace>;

/** Where a job came from, and so where its result belongs. */
export const Origin = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("telegram"),
    chatId: z.number().int(),
    threadId: z.number().int().optional(),
    messageId: z.number().int(),
  }),
  z.object({ type: z.literal("terminal") }),
  z.object({ type: z.literal("http") }),
  z.object({ type: z.literal("mcp") }),
  z.object({ type: z.literal("list") }),
  z.object({ type: z.literal("schedule"), name: z.string().min(1) }),
  /** An issue of a tracker. What it says is hostile until proven otherwise. */
  z.object({
    type: z.literal("tracker"),
    /** The tracker's name in the configuration. */
    tracker: z.string().min(1),
    /** As the tracker's API names the issue, and as people do. */
    issueId: z.string().min(1),
    identifier: z.string().min(1),
    url: z.url({ protocol: /^https?$/ }).optional(),
    /** SHA-256 of the text that was accepted: a later text is another one. */
    snapshot: z.string().regex(/^[0-9a-f]{64}$/),
  }),
]);
export type Origin = z.infer<typeof Origin>;

/** Who orders there holds the operator's account or bearer. What a chat, an issue or an agent says decides nothing. */
const mayDeclareChecks: readonly Origin["type"][] = ["terminal", "http"];

export const maxTaskLength = 16_000;

/** What whoever orders calls an order, so that it is the same one when it comes again. */
export const RequestId = z.string().min(1).max(200);

/**
 * The name of an order among those of every door. Nobody who may choose an id, over HTTP or as an agent, can take one that
 * another door will give, and so make a later order be their own.
 */
export function fullRequestId({ requestId, requestedBy }: Pick<Submission, "requestId" | "requestedBy">): string {
  return `${requestedBy.kind}-${requestId}`;
}

/** One order from a person, as it is put on the intake queue. The same `requestId` always means the same job. */
export const Submission = z
  .object({
    /** With the door in front: see `fullRequestId`. */
    requestId: z.string().min(1).max(220),
    jobId: JobId,
    project: ProjectName,
    text: z.string().trim().min(1).max(maxTaskLength),
    requestedBy: Person,
    origin: Origin,
    /** The chat in which a job is shown and asked about that was not ordered in one. */
    card: ChatPlace.optional(),
    /** Commands that must pass besides the project's checks. They decide, so they come through a door of the operator's. */
    validation: z.array(OrderedCheck).max(maxOrderedChecks).optional(),
    submittedAt: z.iso.datetime(),
    /** When it is to begin, if not at once. */
    dueAt: z.iso.datetime().optional(),
  })
  .refine(({ validation, origin }) => validation === undefined || mayDeclareChecks.includes(origin.type), {
    path: ["validation"],
    message: "checks come with an order from the terminal or over HTTP, and from nowhere else",
  });
export type Submission = z.infer<typeof Submission>;

/** An order that no daemon has taken in. Cancelled, it never begins: a daemon has only to record that. */
export const OpenOrder = Submission.safeExtend({ isCancelled: z.boolean() });
export type OpenOrder = z.infer<typeof OpenOrder>;
