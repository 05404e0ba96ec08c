import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../src/platform/config-file.ts";
import { readEnvironment } from "../../src/platform/environment.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chargehand-schedules-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const load = async (schedule: string, variables: Record<string, string> = {}) => {
  await writeFile(
    join(folder, "chargehand.yaml"),
    `projects: { shop: { baseDir: /srv/shop } }\nschedules:\n  nightly: { project: shop, text: Fix it, ${schedule} }\n`,
  );
  return loadConfig(readEnvironment({ HOME: folder, ...variables }), folder);
};

test.each(['cron: "0 3 * * 1-5", timezone: Europe/Berlin', "at: 2026-12-01T09:00:00+01:00"])(
  "IN-11 a schedule is written as people write it: %s",
  async (schedule) => {
    const { schedules } = await load(schedule);

    expect(schedules.nightly).toMatchObject({ project: "shop", text: "Fix it" });
  },
);

test.each([
  [
    'cron: "0 25 * * *", timezone: UTC',
    /schedules\.nightly\.cron: "0 25 \* \* \*" cannot be read \(.*0-23.*\)\. Write minute,/,
  ],
  ['cron: "3 in the morning", timezone: UTC', /:3: schedules\.nightly\.cron: write five fields/],
  ['cron: "0 3 31 2 *", timezone: UTC', /schedules\.nightly\.cron: "0 3 31 2 \*" cannot be read/],
  ['cron: "0 3 * * *", timezone: Europe/Berln', /:3: schedules\.nightly\.timezone: is no time zone; write one/],
  ['cron: "0 3 * * *"', /schedules\.nightly\.timezone: is missing; write the time zone/],
  ["at: tomorrow", /:3: schedules\.nightly\.at: write a time with its offset, as in 2026-12-01T09:00:00\+01:00/],
  ["at: 2026-12-01T09:00:00", /schedules\.nightly\.at: write a time with its offset/],
  ['at: 2026-12-01T09:00:00Z, cron: "0 3 * * *", timezone: UTC', /schedules\.nightly\.at: cannot stand beside cron/],
  ["timezone: UTC", /schedules\.nightly\.cron: is missing; write cron and timezone, or at/],
])("IN-11 a mistake in a schedule is told with its place and its remedy: %s", async (schedule, sentence) => {
  await expect(load(schedule)).rejects.toThrow(
    expect.objectContaining({ code: "bad-config", message: expect.stringMatching(sentence) }),
  );
});

test("IN-11 a schedule for a project that does not exist names those that do", async () => {
  const file = join(folder, "other.yaml");
  await writeFile(file, "projects: {}\nschedules: { once: { project: shpo, text: x, at: 2026-12-01T09:00:00Z } }\n");

  const loading = () => loadConfig(readEnvironment({ HOME: folder, CHARGEHAND_CONFIG: file }), folder);

  expect(loading).toThrow(/schedules\.once\.project: there is no project "shpo"\./);
});

test("IN-11 what is scheduled for other projects rests where ORCHESTRATOR_BASE_DIR names one", async () => {
  const { schedules } = await load("at: 2026-12-01T09:00:00Z", { ORCHESTRATOR_BASE_DIR: "/srv/blog" });

  expect(schedules).toEqual({});
});
