import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SimulatedStep } from "../../../src/agents/engines/simulation.ts";

/** The files that the simulated engine would write, without its pauses. */
export async function playEdits(folder: string, steps: readonly SimulatedStep[]): Promise<void> {
  for (const step of steps) {
    if (!("write" in step)) continue;
    const path = join(folder, step.write.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, step.write.text);
  }
}
