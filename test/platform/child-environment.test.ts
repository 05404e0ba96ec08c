import { expect, test } from "vitest";
import { childEnvironment, searchPath } from "../../src/platform/child-environment.ts";

const variables = {
  PATH: "/opt/node/bin:.:/usr/bin::bin:/usr/bin",
  TZ: "Europe/Vienna",
  HOME: "/home/ann",
  SSH_AUTH_SOCK: "/tmp/agent",
  OPENAI_API_KEY: "sk-ours",
  TELEGRAM_BOT_TOKEN: "1:ours",
  CLAUDECODE: "1",
  NODE_OPTIONS: "--require ./evil.js",
  LD_PRELOAD: "/tmp/evil.so",
};

test("RC-07 TG-50 a child sees a list of variables and nothing else of ours", () => {
  const environment = childEnvironment({
    variables,
    home: "/jobs/1/home",
    temporary: "/jobs/1/tmp",
    own: { GIT_PAGER: "cat" },
  });

  expect(Object.keys(environment).sort()).toEqual([
    "CI",
    "GIT_PAGER",
    "HOME",
    "LANG",
    "LC_ALL",
    "NO_COLOR",
    "PATH",
    "TERM",
    "TMPDIR",
    "TZ",
    "YARN_IGNORE_PATH",
    "npm_config_git",
    "npm_config_script_shell",
    "npm_config_update_notifier",
  ]);
  expect(environment).toMatchObject({ HOME: "/jobs/1/home", TMPDIR: "/jobs/1/tmp", TZ: "Europe/Vienna" });
});

test("RC-07 what a program needs of its own wins", () => {
  const options = { variables, home: "/h", temporary: "/t" };

  expect(childEnvironment({ ...options, own: { HOME: "/engine", NO_COLOR: "" } })).toMatchObject({
    HOME: "/engine",
    NO_COLOR: "",
  });
});

test("RC-07 no folder of a repository becomes a place for programs", () => {
  expect(searchPath(variables.PATH)).toBe("/opt/node/bin:/usr/bin");
  expect(searchPath(undefined)).toBe("/usr/local/bin:/usr/bin:/bin");
  expect(searchPath(".:")).toBe("/usr/local/bin:/usr/bin:/bin");
});
