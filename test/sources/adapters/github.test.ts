import { describeTracker } from "../../contract/tracker.ts";
import { githubSubject } from "../../support/trackers/github-subject.ts";

describeTracker(githubSubject);
