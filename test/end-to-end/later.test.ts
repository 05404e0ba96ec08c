import { execa } from "execa";
import { expect, test } from "vitest";
import { JobState } from "../../src/core/job.ts";
import { cli } from "../cli/support/scene.ts";
import { runs, startInstallation } from "../support/installation.ts";
import { until } from "../support/until.ts";

test("TG-59 IN-11 an order for later and what was spent survive a kill", async () => {
  await using shop = await startInstallation({
    script: runs("git status"),
    settings: { limits: { maxIterations: 1 } },
  });
  const ask = async (...args: string[]) =>
    (await execa(process.execPath, [cli, ...args], { cwd: shop.folder, env: shop.environment })).stdout;
  const jobs = async () => JobState.array().parse(JSON.parse(await ask("list", "--json")));
  const spent = async (text: string) => (await jobs()).find((job) => job.submission.text === text)?.spent;
  shop.ann.sends("Look now");
  await until(async () => (await jobs())[0]?.status === "rejected");
  const before = await spent("Look now");

  const later = await ask("submit", "Look later", "-p", "shop", "--in", "10s");
  await shop.stop("SIGKILL");
  await shop.start("up");
  await until(async () => (await jobs()).some(({ id, status }) => id === later && status === "rejected"));

  expect(before?.inputTokens).toBeGreaterThan(0);
  expect(await spent("Look now")).toEqual(before);
  expect(shop.model.requests.filter(({ view }) => view?.userText.includes("Look later"))).not.toEqual([]);
}, 90_000);
