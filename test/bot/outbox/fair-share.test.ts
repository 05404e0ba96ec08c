import { expect, test } from "vitest";
import { ranks } from "../../../src/bot/message.ts";
import { FairShare } from "../../../src/bot/outbox/fair-share.ts";

function turns(count: number, waiting: readonly (keyof typeof ranks)[]): string {
  const share = new FairShare();
  const letters = { [ranks.approval]: "a", [ranks.final]: "f", [ranks.progress]: "p", [ranks.upkeep]: "u" };
  return Array.from({ length: count }, () => {
    const rank = share.choose(waiting.map((name) => ranks[name])) ?? ranks.upkeep;
    share.took(rank);
    return letters[rank];
  }).join("");
}

test("BOT-05 questions go first, results and progress alternate, and none of them starves", () => {
  expect(turns(12, ["approval", "final", "progress"])).toBe("aaafaaapaaaf");
  expect(turns(6, ["final", "progress"])).toBe("fpfpfp");
  expect(turns(4, ["progress"])).toBe("pppp");
});

test("BOT-05 upkeep has a turn now and then, also where everything else is always there", () => {
  const all = turns(2_000, ["approval", "final", "progress", "upkeep"]);

  expect(all).toContain("u");
  expect([...all].filter((letter) => letter === "u").length).toBeLessThan(5);
});
