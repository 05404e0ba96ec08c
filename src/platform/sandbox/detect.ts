import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProcessResult, runProcess } from "../process.ts";

export interface DetectedSandbox {
  readonly kind: "bubblewrap" | "seatbelt" | "none";
  /** Why there is none, as a sentence, or what was tried with success. */
  readonly reason: string;
  /** What a person can do about it; empty where nothing is to be done. */
  readonly remedy: string;
}

const trialMs = 10_000;

/** Finds the sandbox of this machine by running a program in it: that it is installed does not mean that it works. */
export async function detectSandbox(): Promise<DetectedSandbox> {
  const kind = process.platform === "darwin" ? "seatbelt" : "bubblewrap";
  const folder = await mkdtemp(join(tmpdir(), "chargehand-trial-"));
  try {
    const trial = await runProcess(
      {
        argv: ["/bin/sh", "-c", "echo works > proof"],
        cwd: folder,
        env: { PATH: "/usr/bin:/bin" },
        timeoutMs: trialMs,
        output: { headBytes: 2_000, tailBytes: 2_000 },
        sandbox: { worktree: folder, home: folder, writable: [], readOnly: [], readOnlyInside: [], network: "none" },
      },
      new AbortController().signal,
    );
    return findingOf(kind, trial);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function findingOf(kind: DetectedSandbox["kind"], trial: ProcessResult): DetectedSandbox {
  if (trial.exitCode === 0) return { kind, reason: `A trial run in ${kind} succeeded.`, remedy: "" };
  const reason = trial.reason ?? `A trial run in ${kind} failed: ${trial.stderr.text.trim() || trial.ended}`;
  return { kind: "none", reason, remedy: remedyFor(reason) };
}

/** What to do about bubblewrap's complaints, in the order in which they are met. */
export function remedyFor(reason: string): string {
  return remedies.find(([complaint]) => complaint.test(reason))?.[1] ?? anyRemedy;
}

const remedies: readonly (readonly [RegExp, string])[] = [
  [/not installed/, "Install it: apt install bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora)."],
  [/no sandbox for/, "Run Chargehand on Linux or macOS."],
  [/Unknown option/, "Its version is too old: bubblewrap 0.5 or newer is needed."],
  [
    /uid map|new namespace|permissions to create|Operation not permitted|Permission denied/,
    "This system forbids user namespaces. Ubuntu: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0. " +
      "Debian: sudo sysctl kernel.unprivileged_userns_clone=1. " +
      "In a container: start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined.",
  ],
  [/max_user_namespaces|No space left/, "Allow more user namespaces: sudo sysctl user.max_user_namespaces=15000."],
];

const anyRemedy = "Try it by hand: bwrap --ro-bind / / --unshare-all true";
