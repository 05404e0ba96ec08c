import { z } from "zod";
import { printCommand } from "../core/command.ts";
import type { ModelAnswer, ModelRequest, Script } from "../emulators/model-server/script.ts";
import { suggestions } from "./suggestions.ts";

/** What the demo's orchestrator does: one command after the other, each result in hand, and words at its end. */
type Course = Generator<readonly string[], string, string>;

/**
 * Plays the orchestrator's model. It keeps nothing between two requests: each time it goes through its course again,
 * as far as the conversation has got, so that it acts on what the commands really returned.
 */
export function demoOrchestrator({ thinkMs }: { readonly thinkMs: number }): Script {
  return (request): ModelAnswer => {
    const results = request.toolResults.slice(request.toolResults.length - request.turnOfPrompt);
    const course = courseFor(request);
    let step = course.next();
    for (const { text } of results) step = course.next(text);
    if (step.done) return { text: step.value, delayMs: thinkMs };
    const call = { worktree: worktreeOf(request), command: printCommand(step.value) };
    return { toolCalls: [{ name: "run_repo_command", arguments: call }], delayMs: thinkMs };
  };
}

/** The first message is the task; each later one says what was measured and found wanting. */
function courseFor(request: ModelRequest): Course {
  const [first = "", ...later] = messagesIn(request);
  const task = first.replace(/^The task:\s+/, "");
  const complaint = later.at(-1);
  if (complaint !== undefined)
    return carefully(`${task}\n\nPut this right:\n${complaints(complaint)}`, firstLine(task));
  return suggestions.voucher.matches.test(task) ? carelessly(task) : carefully(task, firstLine(task));
}

/** As one would wish: look at what changed, run the tests, send the engine back once when they are red, commit. */
function* carefully(order: string, title: string): Course {
  const work = yield* engine(order);
  const status = outputOf(yield ["git", "status", "--short"]);
  if (status === "") return `Nothing has changed. ${claimIn(work)}`;
  let tests = yield ["node", "--test"];
  if (!passed(tests)) {
    yield* engine(`These tests fail. Put right what they show:\n${failures(tests)}`);
    tests = yield ["node", "--test"];
  }
  yield* commit(title, status);
  return passed(tests) ? "Done, and the tests pass." : "I could not make every test pass.";
}

/** As one would not: it believes the engine and says so. The harness is there for this. */
function* carelessly(task: string): Course {
  yield* engine(task);
  yield ["git", "add", "-A"];
  yield ["git", "commit", "-m", firstLine(task)];
  return "Done, and all tests pass. (I did not run them: the engine said so.)";
}

/** What is new and does not belong into the commit goes first, and deleting files asks a person. */
function* commit(title: string, status: string): Course {
  if (!status.includes("?? scratch.txt")) {
    yield ["git", "add", "-A"];
  } else {
    yield ["git", "add", "--", "README.md", "src", "test"];
    yield ["git", "clean", "-fd"];
  }
  yield ["git", "commit", "-m", title];
  return "";
}

/** An engine that was cut off by a stop of Chargehand is sent once more. */
function* engine(order: string): Course {
  const command = ["codex", "exec", order];
  const said = yield command;
  return said.startsWith("interrupted:") ? yield command : said;
}

const Content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]);
const Body = z.object({ input: z.array(z.looseObject({ role: z.string().optional(), content: Content.optional() })) });

/** What was said to the model by people and by the harness, from the beginning. */
function messagesIn({ body }: ModelRequest): string[] {
  const { input } = Body.parse(body);
  return input.flatMap(({ role, content }) => {
    if (role !== "user" || content === undefined) return [];
    return typeof content === "string" ? content : content.map(({ text }) => text ?? "").join("");
  });
}

function worktreeOf({ instructions }: ModelRequest): string {
  return /^- (task-[\w-]+):/m.exec(instructions)?.[1] ?? "main";
}

/** A command's answer is its exit code, then what it printed. */
function outputOf(result: string): string {
  return result.replace(/^exit code \d+\n?/, "").trim();
}

function passed(result: string): boolean {
  return result.startsWith("exit code 0");
}

/** What the test runner says of failed tests: their names, and what was expected there. */
function failures(result: string): string {
  const lines = result.split("\n").map((line) => line.trim().replace(/ \([\d.]+ms\)$/, ""));
  return [...new Set(lines.filter((line) => /^✖ (?!failing tests:)|!==/.test(line)))].join("\n");
}

function complaints(message: string): string {
  return (
    failures(message) ||
    message
      .split("\n")
      .filter((line) => line.startsWith("- "))
      .join("\n")
  );
}

function claimIn(work: string): string {
  return work.split("(a claim, not a measurement):\n")[1]?.trim() ?? "";
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0]?.slice(0, 72) ?? "";
}
