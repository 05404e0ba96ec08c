import { describeTracker } from "../../contract/tracker.ts";
import { gitlabSubject } from "../../support/trackers/gitlab-subject.ts";

describeTracker(gitlabSubject);
