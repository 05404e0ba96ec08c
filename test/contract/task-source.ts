import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Submission } from "../../src/core/task.ts";

/** What somebody asks for. `request` stands for the same asking when it comes again. */
export interface Asking {
  readonly request: string;
  readonly text: string;
}

/** A source at work for the project "shop", with a real Redis behind it and no daemon. */
export interface SourceAtWork extends AsyncDisposable {
  /** Brings a task in by the source's own door, as its users do, and settles when the source has dealt with it. */
  ask(asking: Asking): Promise<void>;
  /** Every order that has reached the desk, oldest first. */
  orders(): Promise<Submission[]>;
}

export interface SourceSubject {
  readonly name: string;
  readonly origin: Submission["origin"]["type"];
  readonly person: Submission["requestedBy"]["kind"];
  start(): Promise<SourceAtWork>;
}

/** The promise that every source of tasks keeps. A new source is one more subject. */
export function keepsTheTaskSourceContract({ name, origin, person, start }: SourceSubject): void {
  describe(`a task from ${name}`, () => {
    let source: SourceAtWork;
    beforeAll(async () => {
      source = await start();
    });
    afterAll(() => source[Symbol.asyncDispose]());
    const ordersOf = async (text: string) => (await source.orders()).filter((order) => order.text.includes(text));

    test("IN-04 becomes one job, with its words, its project, and who asked where", async () => {
      await source.ask({ request: "1", text: "Fix the rounding of the discount" });

      const orders = await ordersOf("Fix the rounding of the discount");
      expect(orders).toHaveLength(1);
      expect(orders[0]).toMatchObject({ project: "shop", origin: { type: origin }, requestedBy: { kind: person } });
    });

    test("IN-05 is the same job when the same request comes again", async () => {
      await source.ask({ request: "2", text: "Add a --version flag" });
      await source.ask({ request: "2", text: "Add a --version flag" });

      expect(await ordersOf("Add a --version flag")).toHaveLength(1);
    });

    test("IN-05 never changes a job that was ordered before", async () => {
      await source.ask({ request: "3", text: "Write the manual" });
      await source.ask({ request: "3", text: "Delete the manual" });

      expect(await ordersOf("Write the manual")).toHaveLength(1);
    });

    test("IN-04 is no job without a word to say what is to be done", async () => {
      const before = (await source.orders()).length;

      await source.ask({ request: "4", text: "  " });

      expect(await source.orders()).toHaveLength(before);
    });
  });
}
