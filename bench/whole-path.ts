import { runs, startInstallation } from "../test/support/installation.ts";
import { quantile } from "./interleave.ts";
import type { Bench } from "./row.ts";

const rounds = 30;

/**
 * P-03: a text on the phone, a job that runs one trivial command, and the message that says how it ended. Real bot and
 * daemon in their own process, sandbox on; the model answers at once.
 */
export const wholePath: Bench = async () => {
  await using shop = await startInstallation({ script: runs("pwd"), settings: { limits: { maxIterations: 1 } } });
  const { ann, botApi } = shop;
  const samples: number[] = [];
  for (let round = -3; round < rounds; round += 1) {
    // Each time another chat: what is measured is the path, not the pace at which one chat may be written to.
    const team = botApi.group({ id: -1_000 - round, title: `Team ${round}`, botIsAdministrator: true });
    const startedAt = performance.now();
    ann.sends("/new Look around", { chatId: team.id });
    await botApi.until(() => team.messages.some(({ text, silent }) => !silent && /rejected/i.test(text)));
    if (round >= 0) samples.push(performance.now() - startedAt);
  }
  return [0.5, 0.99].map((share) => ({
    id: "P-03",
    name: `text → result of a trivial job, p${share * 100}`,
    unit: "ms" as const,
    ours: quantile(samples, share),
    target: { value: share === 0.5 ? 60 : 120 },
  }));
};
