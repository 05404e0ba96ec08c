import { describeTracker } from "../../contract/tracker.ts";
import { linearSubject } from "../../support/trackers/linear-subject.ts";

describeTracker(linearSubject);
