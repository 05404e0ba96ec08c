// `npm run bench:trust [-- --json] [--only <words of a name|of another>]`: engines that cheat and engines that do not, each through a
// real daemon. Exit code 1 when a cheat was accepted, honest work refused, or anything outside of a job was touched.
import { parseArgs } from "node:util";
import { sessions } from "./cases/all.ts";
import { missingPrograms } from "./projects.ts";
import { isKept, lineOf, summaryOf, type TrustReport, tableOf } from "./report.ts";
import { runSession } from "./run-session.ts";

const { values } = parseArgs({ options: { json: { type: "boolean" }, only: { type: "string" } } });
const wanted = sessions.map((session) => ({
  ...session,
  cases: session.cases.filter(({ name, project }) =>
    (values.only ?? "").split("|").some((words) => `${project} ${name}`.includes(words)),
  ),
}));
const missing = missingPrograms(wanted.flatMap(({ cases }) => cases));
const startedAt = performance.now();
const report: TrustReport = {
  results: [],
  incidents: [],
  leftOut: missing.map(({ project, program }) => `${project}: there is no ${program} here`),
  durationMs: 0,
};

for (const session of wanted) {
  const cases = session.cases.filter(({ project }) => !missing.some((one) => one.project === project));
  if (cases.length === 0) continue;
  const { results, incidents } = await runSession({ ...session, cases }, (result) =>
    process.stderr.write(`${lineOf(result)}\n`),
  );
  report.results.push(...results);
  report.incidents.push(...incidents);
}
report.durationMs = performance.now() - startedAt;
process.stdout.write(values.json ? `${JSON.stringify(summaryOf(report))}\n` : tableOf(report));
process.exit(isKept(report) ? 0 : 1);
