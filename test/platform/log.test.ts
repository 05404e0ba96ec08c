import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { createLogger, type LogOptions } from "../../src/platform/log.ts";

const token = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0";

test("SY-48 the log is one JSON document a line, with the time, the level and the facts as fields", () => {
  const { log, text } = logger();

  log.info({ jobId: "ab12cd34" }, "job queued");

  expect(JSON.parse(text())).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    jobId: "ab12cd34",
    msg: "job queued",
  });
});

test.each([
  ["a field", { url: `https://api.telegram.org/bot${token}/getMe` }],
  ["an error's message", { err: new Error(`request to https://api.telegram.org/bot${token}/getMe failed`) }],
  ["an error's cause", { err: new Error("polling failed", { cause: new Error(`/bot${token}/getUpdates`) }) }],
  ["an encoded address", { url: `https://example.org/?to=${encodeURIComponent(token)}` }],
  ["a nested field", { request: { headers: [{ path: `/file/bot${token}/a.png` }] } }],
])("TG-51 a bot token never reaches the log: %s", (_where, facts) => {
  for (const forPeople of [false, true]) {
    const { log, text } = logger({ forPeople });

    log.error(facts, `calling ${token}`);

    expect(text()).not.toContain("AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0");
    expect(text()).toContain("[redacted]");
  }
});

test("RC-14 a known secret is taken out wherever it stands in a line", () => {
  const { log, text } = logger({ redact: (line) => line.replaceAll("sk-live-1", "[redacted]") });

  log.warn({ key: "sk-live-1", err: new Error("bad key sk-live-1") }, "sk-live-1 refused");

  expect(text()).not.toContain("sk-live-1");
  expect(JSON.parse(text())).toMatchObject({ key: "[redacted]" });
});

test("a person reads the time, the level, the message and its facts, and the stack of a failure below", () => {
  const { log, text } = logger({ forPeople: true });

  log.error({ jobId: "ab12cd34", err: new Error("disk full") }, "job failed");

  const [first, second] = stripVTControlCharacters(text()).split("\n");
  expect(first).toMatch(/^\d\d:\d\d:\d\d ERROR job failed jobId=ab12cd34$/);
  expect(second).toBe("    Error: disk full");
});

test("LOG_LEVEL decides what is said at all", () => {
  const { log, text } = logger({ level: "warn" });

  log.info("quiet");

  expect(text()).toBe("");
});

function logger(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const log = createLogger({ level: "info", redact: (text) => text, forPeople: false, destination, ...options });
  return { log, text: () => lines.join("") };
}
