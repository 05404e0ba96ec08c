import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TrackerConfig } from "../../src/core/tracker-config.ts";
import { loadConfig } from "../../src/platform/config-file.ts";
import { readEnvironment } from "../../src/platform/environment.ts";

describe("the configuration of a tracker", () => {
  test("TR-01 says a kind, a project and a variable, and the tracker's usual words fill in the rest", () => {
    expect(read("{ kind: github, project: shop, token: GITHUB_TOKEN }")).toEqual({
      kind: "github",
      project: "shop",
      provider: {},
      token: "GITHUB_TOKEN",
      requiredLabels: ["chargehand"],
      activeStates: ["open"],
      terminalStates: ["closed"],
      trust: { associations: ["owner", "member", "collaborator"], users: [] },
      pollInterval: 30_000,
      limits: { concurrent: 4, perState: {} },
      maxSessions: 3,
      maxRetryBackoff: 300_000,
      inProgress: { label: "in progress" },
      handoff: { label: "for review" },
    });
  });

  test("SY-5 names of states in limits are compared without case and space, and unknown provider keys are kept", () => {
    const tracker = read(
      '{ kind: linear, project: shop, token: LINEAR_KEY, provider: { team: ENG }, limits: { perState: { " In Progress ": 1 } } }',
    );

    expect(tracker).toMatchObject({ provider: { team: "ENG" }, limits: { perState: { "in progress": 1 } } });
  });

  test.each([
    ["{ kind: github, project: shop }", "trackers.issues.token: must name the environment variable"],
    ["{ kind: github, project: shop, token: ghp_abc }", "trackers.issues.token: must name an environment variable"],
    ["{ kind: gitea, project: shop, token: T }", "trackers.issues.kind: must be one of github, linear, gitlab, jira"],
    [
      "{ kind: github, project: shops, token: T }",
      'trackers.issues.project: there is no project "shops". Did you mean',
    ],
    ["{ kind: github, project: shop, token: T, requiredLabels: [] }", "trackers.issues.requiredLabels: is empty"],
    ["{ kind: github, project: shop, token: T, requiredLabels: [' '] }", "trackers.issues.requiredLabels[0]: is empty"],
    ["{ kind: jira, project: shop, token: T }", "trackers.issues.trust: trusts nobody"],
    ["{ kind: github, project: shop, token: T, pollInterval: 10ms }", "trackers.issues.pollInterval: must be at least"],
    ["{ kind: github, project: shop, token: T, maxSessions: 0 }", "trackers.issues.maxSessions: must be at least 1"],
    ["{ kind: github, project: shop, token: T, limits: { perState: { open: 0 } } }", "trackers.issues.limits.perState"],
    [
      "{ kind: github, project: shop, token: T, terminalStates: [Open] }",
      'trackers.issues.terminalStates: name "open"',
    ],
    ["{ kind: linear, project: shop, token: T, inProgress: { state: Doing } }", "inProgress.state: is no active state"],
    ["{ kind: linear, project: shop, token: T, handoff: { state: todo } }", "handoff.state: is an active state"],
    ["{ kind: github, project: shop, token: T, lables: [] }", "trackers.issues.lables: is not known"],
  ])("TR-01 %s is refused with its place and its remedy", (tracker, sentence) => {
    expect(() => read(tracker)).toThrow(sentence);
  });

  test("TR-05 SY-37 a token is never lent to an engine", () => {
    const engines = "engines: { codex: { kind: codex, env: [GITHUB_TOKEN] } }";

    expect(() => read("{ kind: github, project: shop, token: GITHUB_TOKEN }", engines)).toThrow(
      'engines.codex.env: GITHUB_TOKEN is the token of tracker "issues", which no engine may see.',
    );
  });
});

function read(tracker: string, more = ""): TrackerConfig | undefined {
  const directory = mkdtempSync(join(tmpdir(), "chargehand-test-"));
  const path = join(directory, "chargehand.yaml");
  writeFileSync(path, `projects: { shop: { baseDir: /srv/shop } }\n${more}\ntrackers:\n  issues: ${tracker}\n`);
  return loadConfig(readEnvironment({ CHARGEHAND_CONFIG: path, HOME: directory })).trackers.issues;
}
