import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { SimulatedStep, Simulation } from "../agents/engines/simulation.ts";
import { suggestions } from "./suggestions.ts";

/** What the demo's simulated engine does. The first scenario that fits is played. */
export async function demoSimulation(): Promise<Simulation> {
  const { voucher, readme, rounding } = suggestions;
  return [
    {
      when: voucher.matches.source,
      onRun: 1,
      do: [...(await edits("voucher-first")), { say: "WELCOME takes 10 % off now. All tests pass." }],
    },
    {
      when: voucher.matches.source,
      do: [
        ...(await edits("voucher-second")),
        { say: "A voucher may be typed in any case; an unknown one takes nothing." },
      ],
    },
    {
      when: readme.matches.source,
      do: [
        ...(await edits("readme")),
        { write: { path: "scratch.txt", text: "What a README needs: what it is, how to start it, how to test it.\n" } },
        { say: "README.md says what this is and how to run it. My notes are in scratch.txt." },
      ],
    },
    {
      when: rounding.matches.source,
      do: [...(await edits("rounding")), { say: "src/price.js rounds the discount to whole cents now." }],
    },
    { do: [{ say: unknownTask }] },
  ];
}

const unknownTask =
  "The demo's engine is simulated: it knows the suggested tasks only, so it changed nothing. Real engines do what you type: README.md says how to switch them on.";

/** The files of one change, written one after the other, slowly enough to be watched. */
async function edits(change: string): Promise<SimulatedStep[]> {
  const folder = join(import.meta.dirname, "changes", change);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const steps = paths.sort().map(async (path): Promise<SimulatedStep[]> => {
    return [{ sleepMs: 400 }, { write: { path, text: await readFile(join(folder, path), "utf8") } }];
  });
  return (await Promise.all(steps)).flat();
}
