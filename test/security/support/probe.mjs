// A coding engine of the worst kind: tries everything on its list and says what came of it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

const { reads, writes, ports, sockets, secrets, mark } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const job = join(process.env.HOME, "../..");

const findings = {
  environment: Object.keys(process.env).sort(),
  seen: Object.fromEntries(reads.map((path) => [path, look(path)])),
  seenOfTheJob: look(job),
  reached: (await Promise.all([...ports.map(byPort), ...sockets.map(bySocket)])).flat(),
  secretsInProcesses: secrets.filter((secret) => everyEnvironment().includes(secret)),
  killed: killEverybodyElse(),
  wroteItsGitFile: isWritable(".git"),
  wroteItsOwnFile: isWritable("own.txt"),
};
for (const path of [...writes, join(job, "ledger.jsonl"), join(job, "conversation.json")]) isWritable(path);
symlinkSync(reads[0], "link");
spawn("/bin/sh", ["-c", `trap '' TERM HUP; while :; do sleep ${mark}; done`], {
  detached: true,
  stdio: "ignore",
}).unref();
console.log(`Findings: ${JSON.stringify(findings)}`);

/** The names in a folder, the content of a file, or nothing. */
function look(path) {
  for (const read of [readdirSync, (file) => readFileSync(file, "latin1")]) {
    try {
      return read(path);
    } catch {}
  }
}

/** Below /tmp everybody may write inside, and nothing of it is there outside. */
function isWritable(path) {
  try {
    appendFileSync(path, "x");
    return true;
  } catch {
    return false;
  }
}

function byPort(port) {
  return reaches({ port, host: "127.0.0.1" }, port);
}

function bySocket(path) {
  return reaches({ path }, path);
}

async function reaches(where, name) {
  try {
    const socket = connect(where);
    await once(socket, "connect");
    socket.destroy();
    return [name];
  } catch {
    return [];
  }
}

function everyEnvironment() {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => look(`/proc/${pid}/environ`)).join();
}

/** Our own are few and come first. */
function killEverybodyElse() {
  let killed = 0;
  for (let pid = 300; pid < 70_000; pid++) {
    try {
      process.kill(pid, "SIGKILL");
      killed += 1;
    } catch {}
  }
  return killed;
}
