import { expect, test } from "vitest";
import { EngineEars } from "../../src/agents/engine-ears.ts";
import { custom } from "../../src/agents/engines/custom.ts";
import type { EngineEvent } from "../../src/core/engine-event.ts";

const order = { prompt: "Fix it", options: [] };
const retry = '{"type":"action","id":"r","kind":"retry","title":"Waiting for the network","phase":"completed"}';

test.each([
  ["a word", "I look at the code", true],
  ["another try", retry, false],
  ["an empty line", "", true],
] as const)("%s is progress: %s", (_, line, isProgress) => {
  const { ears } = listen();
  ears.hear(retry, "stdout");

  ears.hear(line, "stdout");

  expect(ears.heardProgress).toBe(isProgress);
});

test("what stands on stderr is progress, and no event", () => {
  const { ears, events } = listen();
  ears.hear(retry, "stdout");
  const before = events.length;

  ears.hear("Downloading", "stderr");

  expect(ears.heardProgress).toBe(true);
  expect(events).toHaveLength(before);
});

test("a trouble that was overcome is not what it failed of", () => {
  const { ears } = listen();
  for (const line of [retry, "I go on"]) ears.hear(line, "stdout");

  expect(ears.close({ exitCode: 1, stderr: "no space left" }).error).toBe("no space left");
});

test("the end is told however much was said before", () => {
  const { ears, events } = listen();
  for (let line = 0; line < 5_000; line += 1) ears.hear(`line ${line}`, "stdout");

  const completed = ears.close({ exitCode: 0, stderr: "" });

  expect(events).toHaveLength(2_003);
  expect(events.at(-1)).toBe(completed);
});

function listen() {
  const events: EngineEvent[] = [];
  return { events, ears: new EngineEars(custom.reader({ order }), (event) => events.push(event)) };
}
