import type { Operation } from "../operation.ts";
import { listProjects, showDocument, showHealth, showMetrics } from "./about.ts";
import { answerQuestion, cancelJob } from "./decide.ts";
import { followAll, followJob } from "./events.ts";
import { listJobs, showJob, showPatch, showReport } from "./jobs.ts";
import { order } from "./order.ts";
import { wakeGithub, wakeLinear } from "./wake.ts";

/** Everything that can be asked, in the order in which the document names it. */
export const operations: readonly Operation[] = [
  order,
  listJobs,
  showJob,
  followJob,
  showPatch,
  showReport,
  cancelJob,
  answerQuestion,
  followAll,
  listProjects,
  wakeGithub,
  wakeLinear,
  showHealth,
  showMetrics,
  showDocument,
];
