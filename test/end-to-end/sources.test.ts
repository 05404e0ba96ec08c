import { execa } from "execa";
import { expect, test } from "vitest";
import { JobState } from "../../src/core/job.ts";
import { cli } from "../cli/support/scene.ts";
import { prepareInstallation, runs } from "../support/installation.ts";
import { until } from "../support/until.ts";

test("IN-04 IN-11 a list and a schedule become jobs of a real daemon, and not once more after a crash", async () => {
  const at = new Date(Date.now() - 60_000).toISOString();
  await using shop = await prepareInstallation({
    script: runs("git status"),
    environment: { DISPATCH_TASKS: '["Look around", "Look again"]' },
    settings: { schedules: { once: { at, project: "shop", text: "Look once" } } },
  });
  const jobs = async () => {
    const { stdout } = await execa(process.execPath, [cli, "list", "--json"], {
      cwd: shop.folder,
      env: shop.environment,
    });
    return JobState.array().parse(JSON.parse(stdout));
  };
  const texts = async () => (await jobs()).map(({ submission }) => submission.text).toSorted();

  await shop.start("daemon");
  await until(async () => (await jobs()).length === 3);
  await shop.stop("SIGKILL");
  await shop.start("daemon");
  await until(async () => (await jobs()).every(({ status }) => status === "rejected"), { timeoutMs: 90_000 });

  expect(await texts()).toEqual(["Look again", "Look around", "Look once"]);
  expect((await jobs()).map(({ submission }) => submission.origin.type).toSorted()).toEqual([
    "list",
    "list",
    "schedule",
  ]);
  expect((await jobs()).every(({ submission }) => submission.card?.chatId === 1001)).toBe(true);
}, 180_000);
