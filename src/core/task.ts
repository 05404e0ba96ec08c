import { z } from "zod";

/** Eight letters and digits, derived from the request: short enough to type on a phone, never recycled. */
export const JobId = z.string().regex(/^[a-z0-9]{8}$/);
export type JobId = z.infer<typeof JobId>;

/** The name a project has in the configuration; it also becomes part of paths, so its alphabet is narrow. */
export const ProjectName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** Who asked, tapped or cancelled. `id` is unique within its `kind`. */
export const Person = z.object({
  kind: z.enum(["telegram", "terminal"]),
  id: z.string().min(1),
  name: z.string(),
});
export type Person = z.infer<typeof Person>;

/** Where a job came from, and so where its card and its result belong. */
export const Origin = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("telegram"),
    chatId: z.number().int(),
    threadId: z.number().int().optional(),
    messageId: z.number().int(),
  }),
  z.object({ type: z.literal("terminal") }),
]);
export type Origin = z.infer<typeof Origin>;

export const maxTaskLength = 16_000;

/** One order from a person, as it is put on the intake queue. The same `requestId` always means the same job. */
export const Submission = z.object({
  requestId: z.string().min(1).max(200),
  jobId: JobId,
  project: ProjectName,
  text: z.string().trim().min(1).max(maxTaskLength),
  requestedBy: Person,
  origin: Origin,
  submittedAt: z.iso.datetime(),
});
export type Submission = z.infer<typeof Submission>;
