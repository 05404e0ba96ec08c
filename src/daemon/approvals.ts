import { randomBytes } from "node:crypto";
import type { Approval, ApprovalSubject } from "../core/approval.ts";
import type { JobId } from "../core/task.ts";
import type { JobBook } from "./job-book.ts";

/** Records a question to a person and returns it. From then on the job waits without holding anything. */
export async function requestApproval(
  book: JobBook,
  jobId: JobId,
  { subject, expiresInMs, askedAt = new Date() }: { subject: ApprovalSubject; expiresInMs?: number; askedAt?: Date },
): Promise<Approval> {
  const approval: Approval = {
    id: randomBytes(16).toString("base64url"),
    jobId,
    subject,
    askedAt: askedAt.toISOString(),
    ...(expiresInMs !== undefined && { expiresAt: new Date(askedAt.getTime() + expiresInMs).toISOString() }),
  };
  await book.record(jobId, { type: "approval_requested", approval });
  return approval;
}

/** Accepted work waits for its tap for as long as it takes. */
export function requestMergeApproval(
  book: JobBook,
  jobId: JobId,
  work: { tree: string; commit: string; into: string },
): Promise<Approval> {
  return requestApproval(book, jobId, { subject: { type: "merge", ...work } });
}
