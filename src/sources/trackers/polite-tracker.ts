import { type Tracker, TrackerError } from "../../core/tracker.ts";

const longestPauseMs = 3_600_000;

/** A tracker that is not asked again before the time it named when it was asked too often. */
export function politeTracker(tracker: Tracker, now: () => number = Date.now): Tracker {
  let quietUntil = 0;
  const asking = async <T>(call: () => Promise<T>): Promise<T> => {
    const waitMs = quietUntil - now();
    if (waitMs > 0) {
      throw new TrackerError("tracker_rate_limited", "The tracker was asked too often; it is left alone for a while.", {
        ...{ isRetryable: true, retryAfterMs: waitMs },
      });
    }
    try {
      return await call();
    } catch (error) {
      if (error instanceof TrackerError && error.category === "tracker_rate_limited")
        quietUntil = now() + Math.min(error.retryAfterMs ?? 60_000, longestPauseMs);
      throw error;
    }
  };
  return {
    issuesByStates: (...args) => asking(() => tracker.issuesByStates(...args)),
    issuesByIds: (...args) => asking(() => tracker.issuesByIds(...args)),
    labelSetter: (...args) => asking(() => tracker.labelSetter(...args)),
    comments: (...args) => asking(() => tracker.comments(...args)),
    self: (...args) => asking(() => tracker.self(...args)),
    change: (...args) => asking(() => tracker.change(...args)),
    writeComment: (...args) => asking(() => tracker.writeComment(...args)),
  };
}
