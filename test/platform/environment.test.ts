import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Environment, readEnvironment, readVariables } from "../../src/platform/environment.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "chargehand-environment-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("an empty environment has a home, a log level and Telegram's own address", () => {
  const environment = readEnvironment({ HOME: "/home/ann" });

  expect(environment).toEqual({
    TELEGRAM_API_ROOT: "https://api.telegram.org",
    TELEGRAM_IPV4_ONLY: false,
    TELEGRAM_ALLOWED_USERS: [],
    ORCHESTRATOR_DRY_RUN: false,
    ORCHESTRATOR_TRACE: false,
    ENABLE_REAL_CLI: false,
    CHARGEHAND_HOME: "/home/ann/.chargehand",
    LOG_LEVEL: "info",
  });
});

test("a variable that is set to nothing is not set", () => {
  const environment = readEnvironment({
    HOME: "/home/ann",
    TELEGRAM_BOT_TOKEN: "",
    OPENAI_BASE_URL: " ",
    LOG_LEVEL: "",
  });

  expect(environment).toMatchObject({ LOG_LEVEL: "info" });
  expect(environment.TELEGRAM_BOT_TOKEN).toBeUndefined();
  expect(environment.OPENAI_BASE_URL).toBeUndefined();
});

test("lists, switches, addresses and folders are read as what they mean", () => {
  const environment = readEnvironment({
    HOME: "/home/ann",
    TELEGRAM_ALLOWED_USERS: "1001, 1002 1003",
    TELEGRAM_API_ROOT: "http://127.0.0.1:8081/",
    ENABLE_REAL_CLI: "1",
    ORCHESTRATOR_TRACE: "true",
    CHARGEHAND_HOME: "~/state",
  });

  expect(environment).toMatchObject({
    TELEGRAM_ALLOWED_USERS: [1001, 1002, 1003],
    TELEGRAM_API_ROOT: "http://127.0.0.1:8081",
    ENABLE_REAL_CLI: true,
    ORCHESTRATOR_TRACE: true,
    CHARGEHAND_HOME: "/home/ann/state",
  });
});

test.each([
  [
    { TELEGRAM_BOT_TOKEN: "bot" },
    "TELEGRAM_BOT_TOKEN cannot be used: copy the token as @BotFather wrote it: 123456:ABC….",
  ],
  [{ TELEGRAM_ALLOWED_USERS: "@ann" }, /^TELEGRAM_ALLOWED_USERS cannot be used: write numeric Telegram user ids/],
  [{ TELEGRAM_API_ROOT: "localhost" }, /^TELEGRAM_API_ROOT .*http:\/\//],
  [{ CHARGEHAND_HOME: "state" }, "CHARGEHAND_HOME cannot be used: write an absolute path."],
  [{ LOG_LEVEL: "loud" }, /^LOG_LEVEL must be one of fatal, error, warn, info/],
  [{ ENABLE_REAL_CLI: "yes" }, /^ENABLE_REAL_CLI cannot be used: write 1 or 0\.$/],
  [{ ORCHESTRATOR_MODEL: "gpt-5.5" }, /^ORCHESTRATOR_MODEL .*provider\/model/],
  [{ REDIS_URL: "localhost:6379" }, /^REDIS_URL .*redis:\/\/host:port/],
])("a variable that cannot be used is named with what to write instead: %o", (variables, sentence) => {
  expect(() => readEnvironment({ HOME: "/home/ann", ...variables })).toThrow(
    expect.objectContaining({ code: "bad-config", message: expect.stringMatching(sentence) }),
  );
});

test("all variables that cannot be used are named at once", () => {
  const reading = () => readEnvironment({ HOME: "/home/ann", LOG_LEVEL: "loud", ENABLE_REAL_CLI: "yes" });

  expect(reading).toThrow(/ENABLE_REAL_CLI.*\n?.*LOG_LEVEL|LOG_LEVEL.*\n?.*ENABLE_REAL_CLI/);
});

test("TG-51 the sentence about a bad token does not repeat it", () => {
  const reading = () => readEnvironment({ HOME: "/home/ann", TELEGRAM_BOT_TOKEN: "secret value" });

  expect(reading).not.toThrow(/secret value/);
});

test("OPS-09 a token that could be guessed is refused, with a command that makes a good one", () => {
  const reading = () => readEnvironment({ HOME: "/home/ann", CHARGEHAND_HTTP_TOKEN: "changeme" });

  expect(reading).toThrow("CHARGEHAND_HTTP_TOKEN cannot be used: make one of at least 24 letters and digits");
  expect(reading).not.toThrow("changeme");
});

test(".env adds variables and never overrides one that is really set", async () => {
  await writeFile(join(directory, ".env"), 'OPENAI_API_KEY="from file"\nLOG_LEVEL=debug # chatty\n');

  const variables = readVariables({ HOME: "/home/ann", LOG_LEVEL: "warn" }, directory);

  expect(readEnvironment(variables)).toMatchObject({ OPENAI_API_KEY: "from file", LOG_LEVEL: "warn" });
});

test("a folder without .env adds nothing", () => {
  expect(readVariables({ HOME: "/home/ann" }, directory)).toEqual({ HOME: "/home/ann" });
});

test("OPS-01 SY-13 .env.example names every variable there is, and no other", async () => {
  const example = await readFile(join(import.meta.dirname, "../../.env.example"), "utf8");

  const named = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);

  expect(named.toSorted()).toEqual(Object.keys(Environment.shape).toSorted());
});

test("OPS-01 .env.example can be copied as it is", async () => {
  await copyFile(join(import.meta.dirname, "../../.env.example"), join(directory, ".env"));

  expect(readEnvironment(readVariables({ HOME: "/home/ann" }, directory))).toMatchObject({ LOG_LEVEL: "info" });
});
