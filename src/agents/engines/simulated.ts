import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { custom, launchPlain } from "./custom.ts";
import type { Engine, EngineCall, EngineLaunch, EngineOrder } from "./engine.ts";
import { simulationVariable } from "./simulation.ts";

const sources = join(import.meta.dirname, "../..");

/** A program of ours that edits by a script instead of asking a model. It speaks the events of a custom engine. */
export const simulated: Engine = {
  ...custom,
  kind: "simulated",
  defaultProgram: "node",
  install: "It comes with Chargehand",
  keyNames: [simulationVariable],
  ownProgram: {
    argv: [process.execPath, join(import.meta.dirname, "simulated-program.ts")],
    readOnly: [
      process.execPath,
      sources,
      join(sources, "../package.json"),
      dirname(fileURLToPath(import.meta.resolve("zod/package.json"))),
    ],
  },
  launch,
};

/** It has no threads to go on with: `last` is a fresh one. */
function launch({ resume, ...order }: EngineOrder, call: EngineCall): EngineLaunch {
  const plain = launchPlain(resume === "last" || resume === undefined ? order : { ...order, resume }, call);
  const script = call.environment[simulationVariable];
  return { ...plain, readOnly: [...plain.readOnly, ...(script ? [script] : [])] };
}
