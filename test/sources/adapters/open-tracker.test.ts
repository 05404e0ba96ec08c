import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import type { TrackerError } from "../../../src/core/tracker.ts";
import { openTracker } from "../../../src/sources/adapters/open-tracker.ts";
import { connectionOf, failureOf } from "../../contract/tracker.ts";
import { githubSubject } from "../../support/trackers/github-subject.ts";
import { gitlabSubject } from "../../support/trackers/gitlab-subject.ts";
import { jiraSubject } from "../../support/trackers/jira-subject.ts";
import { linearSubject } from "../../support/trackers/linear-subject.ts";

const subjects = [githubSubject, linearSubject, gitlabSubject, jiraSubject];
const here = "https://tracker.example";

async function refusal(subject: (typeof subjects)[number], change: object, token?: string): Promise<TrackerError> {
  const connection = { ...connectionOf(subject, subject.provider(here)), ...change };
  return failureOf(openTracker(connection, { token, log: pino({ enabled: false }) }));
}

describe("opening a tracker", () => {
  test("SY-46 a kind that nobody knows is named, with the one that was meant", async () => {
    const failure = await refusal(githubSubject, { kind: "githb" }, "a token");

    expect(failure.category).toBe("unsupported_tracker_kind");
    expect(failure.message).toContain('Did you mean "github"?');
  });

  test("SY-46 names that every object has are no kinds", async () => {
    expect((await refusal(githubSubject, { kind: "constructor" }, "a token")).category).toBe(
      "unsupported_tracker_kind",
    );
  });

  test.each(subjects)("SY-46 $kind without a credential says which variable is empty", async (subject) => {
    for (const token of [undefined, "", "  "]) {
      const failure = await refusal(subject, {}, token);

      expect(failure.category).toBe("missing_tracker_secret");
      expect(failure.message).toContain("TRACKER_TOKEN");
    }
  });

  test.each(subjects)("SY-46 $kind says every key that is wrong, and where", async (subject) => {
    const provider = { ...subject.provider(here), asignee: "me", assignee: 7 };

    const failure = await refusal(subject, { provider }, "a token");

    expect(failure.category).toBe("invalid_tracker_config");
    expect(failure.message).toContain('provider.asignee is not known; did you mean "assignee"?');
    expect(failure.message).toContain("provider.assignee must be a text");
  });

  test.each(subjects)("SY-7 $kind sends a credential over HTTPS only, but on this machine", async (subject) => {
    const open = (url: string) =>
      openTracker(connectionOf(subject, subject.provider(url)), { token: "a token", log: pino({ enabled: false }) });

    for (const url of [
      "http://tracker.example",
      "http://127.0.0.1.tracker.example",
      "https://ann:pw@tracker.example",
    ]) {
      expect((await failureOf(open(url))).category).toBe("invalid_tracker_config");
    }
    await expect(open("http://127.0.0.1:9")).resolves.toBeDefined();
  });

  test("whoever opens no tracker loads no client", async () => {
    const file = join(import.meta.dirname, "../../../src/sources/adapters/open-tracker.ts");
    const script = `import { registerHooks } from "node:module";
      const seen = [];
      registerHooks({ resolve: (name, context, next) => { seen.push(name); return next(name, context); } });
      await import(${JSON.stringify(file)});
      console.log(JSON.stringify(seen.filter((name) => /octokit|linear/.test(name))));`;

    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);

    expect(JSON.parse(stdout)).toEqual([]);
  });
});
