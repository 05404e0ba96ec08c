import type { JobState } from "../../core/job.ts";
import type { ChatPlace } from "../../core/task.ts";

/** Up to this many live jobs each card in a chat shows its own; beyond it one overview shows them all. */
const mostOnCards = 4;
/** An overview stays until so few are left, so that it does not come and go with every job. */
const fewAgain = 2;

export function needsOverview(liveJobs: number, isOpen: boolean): boolean {
  return liveJobs > (isOpen ? fewAgain : mostOnCards);
}

/** The live jobs of a chat, or of one topic in it. */
export class Board {
  readonly place: ChatPlace;
  readonly jobs = new Map<string, JobState>();
  /** Whether the jobs are shown in the overview, and the cards rest. */
  isOpen = false;
  /** Which overview stands in the chat, as far as that is written down. */
  overview: number | undefined;

  constructor(place: ChatPlace) {
    this.place = place;
  }

  /** Takes the newest state of a live job, and whether the chat needs an overview now. */
  add(job: JobState): void {
    this.jobs.set(job.id, job);
    this.isOpen = needsOverview(this.jobs.size, this.isOpen);
  }

  remove(jobId: string): void {
    this.jobs.delete(jobId);
    this.isOpen = needsOverview(this.jobs.size, this.isOpen);
  }
}
