import { describeTracker } from "../contract/tracker.ts";
import { memorySubject } from "../support/trackers/memory-subject.ts";

describeTracker(memorySubject);
