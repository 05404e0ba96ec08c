import { expect, test } from "vitest";
import { runCampaign } from "./campaign.ts";

test("DU-03 DU-04 DU-12 whatever is killed, nothing is lost, done twice or left over", async () => {
  const { lies, survived } = await runCampaign({ seed: 4, kills: 8, jobs: 2 });

  expect(lies).toEqual([]);
  expect(Object.values(survived).reduce((sum, times) => sum + times, 0)).toBe(8);
}, 900_000);
