import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import type { EngineEvent } from "../../core/engine-event.ts";
import { chooseScenario, type SimulatedStep, Simulation, simulationVariable, unscripted } from "./simulation.ts";

/** The program of the simulated engine: real edits in the folder it is started in, by a script, for nothing. */
async function main(): Promise<void> {
  const prompt = await text(process.stdin);
  const threadId = process.env.CHARGEHAND_THREAD_ID ?? randomUUID();
  await emit({ type: "started", threadId, model: "simulated" });

  const scenario = chooseScenario(await readSimulation(), { prompt, run: await countRun() });
  const { do: steps } = scenario ?? unscripted(prompt, await readIfThere("CHARGEHAND_SIMULATED.md"));
  const answer = steps.flatMap((step) => ("say" in step ? [step.say] : [])).at(-1) ?? "Done, as the script says.";
  const usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, usd: 0 };
  try {
    for (const [index, step] of steps.entries()) await play(step, `step-${index + 1}`);
    await emit({ type: "completed", ok: true, answer, threadId, usage });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await emit({ type: "completed", ok: false, answer: "", error: reason, threadId, usage });
    process.exitCode = 1;
  }
}

async function readSimulation(): Promise<Simulation> {
  const path = process.env[simulationVariable];
  return path ? Simulation.parse(JSON.parse(await readFile(path, "utf8"))) : [];
}

/** Its home is private to one job, so the count is the job's. */
async function countRun(): Promise<number> {
  const path = join(homedir(), "simulated-runs");
  const run = Number(await readIfThere(path)) + 1;
  await writeFile(path, String(run));
  return run;
}

async function play(step: SimulatedStep, id: string): Promise<void> {
  const done = (kind: "edit" | "message", title: string) =>
    emit({ type: "action", id, kind, title, phase: "completed", ok: true });

  if ("say" in step) return done("message", step.say);
  if ("write" in step) {
    await write(step.write.path, step.write.text);
    return done("edit", `Write ${step.write.path}`);
  }
  if ("replace" in step) {
    await replace(step.replace);
    return done("edit", `Edit ${step.replace.path}`);
  }
  if ("remove" in step) {
    await rm(step.remove, { recursive: true });
    return done("edit", `Remove ${step.remove}`);
  }
  if ("run" in step) return run(step.run, id);
  if ("sleepMs" in step) return wait(step.sleepMs);
  if ("hang" in step) return wait(forEverMs);
  if ("exit" in step) process.exit(step.exit);
  if ("fail" in step) throw new Error(step.fail);
  if ("print" in step) return print(step.print);
  if ("floodBytes" in step) return flood(step.floodBytes);
  leaveBehind(step.escape);
}

const forEverMs = 2 ** 31 - 1;

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function replace({ path, find, with: replacement }: { path: string; find: string; with: string }): Promise<void> {
  const content = await readFile(path, "utf8");
  if (!content.includes(find)) throw new Error(`${path} does not contain what the script wants to replace.`);
  await writeFile(
    path,
    content.replaceAll(find, () => replacement),
  );
}

async function run([program = "", ...args]: string[], id: string): Promise<void> {
  const action = { type: "action", id, kind: "command", title: [program, ...args].join(" ") } as const;
  await emit({ ...action, phase: "started" });
  const child = spawn(program, args, { stdio: "ignore" });
  const [exitCode] = await once(child, "exit");
  await emit({ ...action, phase: "completed", ok: exitCode === 0 });
}

async function flood(bytes: number): Promise<void> {
  const line = `${"chatter ".repeat(128)}`;
  for (let sent = 0; sent < bytes; sent += line.length + 1) await print(line);
}

/** Waits and writes in a session of its own, as a program does that wants to outlive its run. */
function leaveBehind({ path, text: content, afterMs }: { path: string; text: string; afterMs: number }): void {
  const later = "setTimeout(() => require('fs').writeFileSync(process.argv[1], process.argv[2]), +process.argv[3])";
  spawn(process.execPath, ["-e", later, path, content, String(afterMs)], { detached: true, stdio: "ignore" }).unref();
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

function emit(event: EngineEvent): Promise<void> {
  return print(JSON.stringify(event));
}

function print(line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${line}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

await main();
