import { describeTracker } from "../../contract/tracker.ts";
import { jiraSubject } from "../../support/trackers/jira-subject.ts";

describeTracker(jiraSubject);
