import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { DeclaredCheck } from "../core/declared-check.ts";

const pools = ["iterate", "reserve"] as const;
export type Pool = (typeof pools)[number];

const HeldOutFile = z.strictObject({
  iterate: z.array(DeclaredCheck).default([]),
  reserve: z.array(DeclaredCheck).default([]),
});
export type HeldOutFile = z.infer<typeof HeldOutFile>;

/**
 * The checks that no agent may see, out of `checks.yaml` in their folder. Nothing where the file is missing, broken or
 * empty, or where a pool has checks and no folder: whoever configured them wants to hear of it, not to be waved through.
 */
export function readHeldOut(folder: string): HeldOutFile | undefined {
  try {
    const file = HeldOutFile.parse(parse(readFileSync(join(folder, "checks.yaml"), "utf8")));
    const used = pools.filter((pool) => file[pool].length > 0);
    const isWhole = used.every((pool) => statSync(join(folder, pool)).isDirectory());
    return used.length > 0 && isWhole ? file : undefined;
  } catch {
    return undefined;
  }
}
