import type { EngineEvent } from "../core/engine-event.ts";
import type { EngineExit, EngineReader } from "./engines/engine.ts";
import { isAnotherTry } from "./engines/reader.ts";

/** Hears one run of an engine line by line: tells its events on, and knows whether the newest line was progress. */
export class EngineEars {
  readonly #reader: EngineReader;
  readonly #tell: (event: EngineEvent) => void;
  #actions = 0;
  /** An engine that says nothing but that it tries again would do so for ever. */
  heardProgress = false;

  constructor(reader: EngineReader, tell: (event: EngineEvent) => void) {
    this.#reader = reader;
    this.#tell = tell;
  }

  hear(line: string, stream: "stdout" | "stderr"): void {
    const events = stream === "stdout" ? this.#reader.read(line) : [];
    this.heardProgress = events.length === 0 || !events.every(isAnotherTry);
    for (const event of events) this.#pass(event);
  }

  /** How the run ended, as every reader must say last. */
  close(exit: EngineExit): Extract<EngineEvent, { type: "completed" }> {
    const events = this.#reader.end(exit);
    for (const event of events) this.#tell(event);
    const completed = events.at(-1);
    if (completed?.type === "completed") return completed;
    throw new TypeError("An engine's reader ended without saying how.");
  }

  #pass(event: EngineEvent): void {
    if (event.type === "action") this.#actions += 1;
    if (this.#actions <= mostActions) this.#tell(event);
    else if (this.#actions === mostActions + 1) this.#tell(tooMany);
  }
}

/** Every action is recorded for good; who says more than anybody reads still has its whole output in a file. */
const mostActions = 2_000;

const tooMany: EngineEvent = {
  type: "action",
  id: "too-many",
  kind: "other",
  title: `It did more than ${mostActions} things; the rest is in its output only.`,
  phase: "completed",
};
