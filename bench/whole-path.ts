import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { hiddenFolder } from "../src/daemon/bins.ts";
import { type Installation, type InstallationOptions, runs, startInstallation } from "../test/support/installation.ts";
import { gitIn } from "../test/support/project.ts";
import { until } from "../test/support/until.ts";
import { makeBigRepository } from "./big-repository.ts";
import { quantile } from "./interleave.ts";
import type { Bench, BenchRow } from "./row.ts";

/**
 * P-03: a text on the phone, a job that runs one trivial command, and the message that says how it ended. Real bot and
 * daemon in their own process, sandbox on; the model answers at once. On a small project, and on one of 50,000 files
 * beside one `git status` there: less than that cannot be asked of anything that says what a job has changed.
 */
export const wholePath: Bench = async () => {
  const small = await measureIn({}, { rounds: 10, warmUp: 2 });
  const makeMain = (main: string) => makeBigRepository(main, 50_000);
  const big = await measureIn({ makeMain }, { rounds: 3, warmUp: 1 });
  return [
    ...[0.5, 0.99].map<BenchRow>((share) => ({
      id: "P-03",
      name: `text → result of a trivial job, p${share * 100}`,
      unit: "ms",
      ours: quantile(small.path, share),
      target: { value: share === 0.5 ? 60 : 120 },
    })),
    {
      id: "P-03",
      name: "text → result of a trivial job (50,000 files), p50",
      unit: "ms",
      ours: quantile(big.path, 0.5),
      baseline: { name: "git status", value: quantile(big.status, 0.5) },
      target: { ratio: 5 },
    },
  ];
};

async function measureIn(
  options: Pick<InstallationOptions, "makeMain">,
  { rounds, warmUp }: { rounds: number; warmUp: number },
): Promise<{ path: number[]; status: number[] }> {
  const settings = { limits: { maxIterations: 1 } };
  await using shop = await startInstallation({ ...options, script: runs("pwd"), settings });
  const { ann, botApi, main } = shop;
  const samples = { path: [] as number[], status: [] as number[] };
  for (let round = -warmUp; round < rounds; round += 1) {
    await until(() => isAtRest(shop), { timeoutMs: 300_000 });
    const statusAt = performance.now();
    gitIn(main, "status", "--short");
    const status = performance.now() - statusAt;
    // Each time another chat: what is measured is the path, not the pace at which one chat may be written to.
    const team = botApi.group({ id: -1_000 - round, title: `Team ${round}`, botIsAdministrator: true });
    const startedAt = performance.now();
    ann.sends("/new Look around", { chatId: team.id });
    await botApi.until(() => team.messages.some(({ text, silent }) => !silent && /rejected/i.test(text)), {
      timeoutMs: 120_000,
    });
    if (round < 0) continue;
    samples.path.push(performance.now() - startedAt);
    samples.status.push(status);
  }
  return samples;
}

/** A worktree is ready for the next job, and what the job before had is off the disk: jobs do not come by the second. */
async function isAtRest({ home, baseDir }: Installation): Promise<boolean> {
  const names = (path: string) => readdir(path).catch(() => [] as string[]);
  const hidden = hiddenFolder(home, { baseDir });
  const [removed, removedTrees] = [await names(join(home, "removed")), await names(join(hidden, "removed"))];
  const [pair = ""] = await names(join(home, "pool", "shop"));
  return (
    removed.length + removedTrees.length === 0 && (await names(join(home, "pool", "shop", pair))).includes("pair.json")
  );
}
