import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Socket } from "node:net";

const owner = randomBytes(8).toString("hex");
let runs = 0;
let isGuarded = false;

/** The environment variable by which every descendant of a command is found again, wherever it fled. */
export const markerName = "CHARGEHAND_RUN";

/** A new mark, unique on this machine. The first one also starts the guard. */
export function newMarker(): string {
  if (!isGuarded && process.platform === "linux") startGuard();
  isGuarded = true;
  return `${owner}.${++runs}`;
}

/**
 * A shell that waits for the end of this very process. Killed with -9 we cannot end our children, so it does: its stdin
 * is a pipe of which only we hold the other end. One per daemon, while `setpriv --pdeathsig` would cost every
 * command an exec and would miss grandchildren. It needs /proc to find anybody, so there is none on other systems.
 */
function startGuard(): void {
  const shell = spawn("/bin/sh", ["-c", endOrphans, "chargehand-guard", `${markerName}=${owner}.`], {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", () => {});
  shell.unref();
  // The pipe must not keep a finished program alive; to Node it is a socket.
  if (shell.stdin instanceof Socket) shell.stdin.unref();
}

const endOrphans = `
read -r _
for round in 1 2 3 4 5 6 7 8 9 10; do
  kill -9 $(grep -lsaF "$1" /proc/[0-9]*/environ | cut -d/ -f3)
  sleep 0.05
done`;
