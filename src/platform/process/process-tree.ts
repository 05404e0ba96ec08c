import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { markerName } from "./lifeline.ts";

const givingUpAfterMs = 2_000;
const unsureForMs = 25;

/** A command we started, and whatever it started in turn. */
export interface ProcessTree {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Value of the mark in the environment of all its members. */
  readonly marker: string;
  /** Its members live in a PID namespace, of which `pid` is the outer keeper and dies last. */
  readonly isContained: boolean;
  readonly exited: Promise<unknown>;
  /** What the keeper of the namespace had to say, as lines of JSON. */
  readonly status: Promise<string> | undefined;
}

/**
 * Ends a command and all its descendants, also those with a session of their own: asks, waits a little, then kills until
 * nobody is left. Answers how many could not be killed (stuck in the kernel), which should be none.
 */
export async function endTree(tree: ProcessTree, graceMs: number): Promise<number> {
  if (isRunning(tree.child)) {
    ask(tree);
    await settledWithin(tree.exited, graceMs);
  }
  return await killAll(tree);
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

function ask(tree: ProcessTree): void {
  // The keeper of a namespace would die of the question, and everybody inside with it, unasked.
  const asked = look(tree).members.filter((pid) => pid !== tree.pid || !tree.isContained);
  for (const pid of asked) send(pid, "SIGTERM");
}

async function killAll(tree: ProcessTree): Promise<number> {
  const startedAt = performance.now();
  send(-tree.pid, "SIGKILL");
  // No event tells of the end of a process that is not our child: while there are such, we look again.
  for (;;) {
    const { members, isSure } = look(tree);
    const lookedForMs = performance.now() - startedAt;
    if (members.length === 0 && (isSure || lookedForMs > unsureForMs)) break;
    if (lookedForMs > givingUpAfterMs) return members.length;
    for (const pid of members) send(pid, "SIGKILL");
    await delay(5);
  }
  await settledWithin(tree.exited, givingUpAfterMs);
  return 0;
}

async function settledWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  const timer = new AbortController();
  await Promise.race([promise, delay(ms, undefined, { signal: timer.signal }).catch(() => {})]);
  timer.abort();
}

/** The living members. In the instant of an exec a process shows no environment: then nobody can be sure yet. */
function look({ pid, marker }: ProcessTree): { members: number[]; isSure: boolean } {
  if (process.platform !== "linux") return { members: send(-pid, 0) ? [-pid] : [], isSure: true };
  const mark = `${markerName}=${marker}\0`;
  const environments = pidsSince(pid).map((candidate) => ({ candidate, environment: environmentOf(candidate) }));
  return {
    members: environments.filter(({ environment }) => environment.includes(mark)).map(({ candidate }) => candidate),
    isSure: environments.every(({ candidate, environment }) => environment !== "" || !hasProgram(candidate)),
  };
}

/** Descendants are younger than their ancestor, so on a busy machine few processes have to be looked at. */
function pidsSince(first: number): number[] {
  const newest = Number(readFileSync("/proc/loadavg", "latin1").trim().split(" ").at(-1));
  const span = newest - first + 1;
  if (span > 0 && span <= fewPids) return Array.from({ length: span }, (_, index) => first + index);
  const all = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const hasWrapped = span <= 0;
  return hasWrapped ? all : all.filter((pid) => pid >= first);
}

const fewPids = 16;

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return ""; // It is gone, or somebody else's.
  }
}

/** Neither a zombie nor a thread of the kernel. */
function hasProgram(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== "";
  } catch {
    return false;
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // It ended first.
  }
}
