import { expect, test } from "vitest";
import { demoOrchestrator } from "../../src/demo/orchestrator.ts";
import { suggestions } from "../../src/demo/suggestions.ts";
import type { ModelAnswer, ModelRequest, Spoken } from "../../src/emulators/model-server/script.ts";

const instructions = "Worktrees\n- task-abcd1234: the job's own worktree.\n- main: the people's checkout.";

/** What the model answers to these messages once the results are in. */
async function answer(messages: readonly string[], ...results: string[]): Promise<Spoken> {
  const request: ModelRequest = {
    api: "responses",
    model: "demo",
    turn: results.length,
    turnOfPrompt: results.length,
    instructions,
    userText: messages.at(-1) ?? "",
    toolNames: ["run_repo_command"],
    toolResults: results.map((text, index) => ({ callId: `call-${index}`, text })),
    headers: {},
    body: { input: messages.map((text) => ({ role: "user", content: [{ type: "input_text", text }] })) },
  };
  const given: ModelAnswer = await demoOrchestrator({ thinkMs: 0 })(request, AbortSignal.timeout(1_000));
  return given as Spoken;
}

/** The commands of a whole conversation, each answered by `result`. */
async function commands(
  messages: string | readonly string[],
  result: (command: string) => string,
): Promise<{ ran: string[]; words: string }> {
  const ran: string[] = [];
  const results: string[] = [];
  for (;;) {
    const { toolCalls, text } = await answer([messages].flat(), ...results);
    const [call] = toolCalls ?? [];
    if (call === undefined || !("arguments" in call) || typeof call.arguments === "string")
      return { ran, words: text ?? "" };
    expect(call.arguments.worktree).toBe("task-abcd1234");
    const command = String(call.arguments.command);
    ran.push(command);
    results.push(result(command));
  }
}

const task = (text: string) => `The task:\n\n${text}`;
const worked = "codex came to its end.\nMeasured: files in the worktree changed.";

test("the demo's orchestrator lets the engine work, looks, tests and commits", async () => {
  const { ran, words } = await commands(task(suggestions.rounding.text), (command) => {
    if (command.startsWith("codex")) return worked;
    return command === "git status --short" ? "exit code 0\n M src/price.js" : "exit code 0";
  });

  expect(ran).toEqual([
    `codex exec '${suggestions.rounding.text}'`,
    "git status --short",
    "node --test",
    "git add -A",
    `git commit -m '${suggestions.rounding.text}'`,
  ]);
  expect(words).toBe("Done, and the tests pass.");
});

test("red tests go back to the engine once, and what is still red is said", async () => {
  const { ran, words } = await commands(task("Sort the basket"), (command) => {
    if (command.startsWith("codex")) return worked;
    if (command === "node --test") return "exit code 1\n✖ a discount gives whole cents (1ms)\n849.15 !== 849";
    return command === "git status --short" ? "exit code 0\n M src/price.js" : "exit code 0";
  });

  expect(ran.filter((command) => command.startsWith("codex"))).toHaveLength(2);
  expect(ran[3]).toBe(
    "codex exec 'These tests fail. Put right what they show:\n✖ a discount gives whole cents\n849.15 !== 849'",
  );
  expect(words).toBe("I could not make every test pass.");
});

test("when nothing has changed it says so, with the engine's own words", async () => {
  const { ran, words } = await commands(task("Rewrite it in Rust"), (command) =>
    command.startsWith("codex")
      ? "codex came to its end.\nMeasured: no file in the worktree changed.\ncodex says (a claim, not a measurement):\nI know no Rust."
      : "exit code 0",
  );

  expect(ran).toEqual(["codex exec 'Rewrite it in Rust'", "git status --short"]);
  expect(words).toBe("Nothing has changed. I know no Rust.");
});

test("for the voucher it claims what it has not seen, and puts right what was measured afterwards", async () => {
  const careless = await commands(task(suggestions.voucher.text), () => "exit code 0");
  const mending = await commands(
    [task(suggestions.voucher.text), "The work was measured.\n✖ a voucher that nobody knows takes nothing off"],
    () => worked,
  );

  expect(careless.ran).not.toContain("node --test");
  expect(careless.words).toContain("all tests pass");
  expect(mending.ran[0]).toContain(`${suggestions.voucher.text}\n\nPut this right:\n✖ a voucher that nobody knows`);
  expect(mending.ran).toContain("node --test");
});

test("a scratch file is thrown away by a command that asks a person, and stays out of the commit", async () => {
  const { ran } = await commands(task(suggestions.readme.text), (command) => {
    if (command.startsWith("codex")) return worked;
    return command === "git status --short" ? "exit code 0\n?? README.md\n?? scratch.txt" : "exit code 0";
  });

  expect(ran.slice(3)).toEqual(["git add -- README.md src test", "git clean -fd", "git commit -m 'Write a README'"]);
});

test("an engine that was cut off is sent once more", async () => {
  let cut = false;
  const { ran } = await commands(task("Sort the basket"), (command) => {
    if (!command.startsWith("codex") || cut) return "exit code 0";
    cut = true;
    return "interrupted: Chargehand stopped while this command ran.";
  });

  expect(ran).toEqual(["codex exec 'Sort the basket'", "codex exec 'Sort the basket'", "git status --short"]);
});
