import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import type { Outcome } from "./campaign.ts";

const program = join(import.meta.dirname, "../../scripts/chaos.ts");
/** With it the disk is filled, an update comes twice, an answer is lost, and each kind of process is killed. */
const seed = 55_880;

test("DU-03 DU-04 DU-12 DU-15 whatever is killed, of two daemons too, nothing is lost, done twice or left over", async () => {
  const argv = ["--seed", `${seed}`, "--kills", "6", "--jobs", "3", "--json"];

  const { stdout, stderr } = await execa(process.execPath, [program, ...argv], { reject: false, timeout: 850_000 });

  const { lies, survived, logs } = JSON.parse(stdout || "{}") as Partial<Outcome>;
  expect({ lies, logs, stderr }).toMatchObject({ lies: [] });
  expect(Object.values(survived ?? {}).reduce((sum, times) => sum + times, 0)).toBe(6);
}, 900_000);
