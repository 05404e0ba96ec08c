import type { JobState } from "../../core/job.ts";

/** How a job stands, in a mark and a word or two. */
export interface StatusWords {
  readonly mark: string;
  readonly word: string;
}

export function statusWords(job: JobState): StatusWords {
  switch (job.status) {
    case "queued":
      return { mark: "◌", word: "Queued" };
    case "planning":
      return { mark: "▸", word: "Planning" };
    case "running":
      return { mark: "▸", word: "Running" };
    case "verifying":
      return { mark: "▸", word: "Checking" };
    case "reviewing":
      return { mark: "▸", word: "Reviewing" };
    case "awaiting_approval":
      return { mark: "◆", word: "Waiting for you" };
    case "accepted":
      return { mark: "▸", word: "Accepted" };
    case "interrupted":
      return { mark: "◌", word: "Interrupted, goes on by itself" };
    case "done":
      return job.outcome === "discarded" ? { mark: "■", word: "Discarded" } : { mark: "✓", word: doneWord(job) };
    case "rejected":
      return { mark: "✗", word: "Rejected" };
    case "blocked":
      return { mark: "✗", word: "Blocked" };
    case "failed":
      return { mark: "✗", word: "Failed" };
    case "cancelled":
      return { mark: "■", word: "Cancelled" };
  }
}

function doneWord(job: JobState): string {
  return job.outcome === "merged" ? "Merged" : "Done";
}
