import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { constants } from "node:os";
import { pipeline } from "node:stream";

/*
 * A program of its own, started inside a sandbox that has no network: `node bridge.ts <socket> <port> <program> …`.
 * It leads a port of the loopback device to the one socket that was mounted, where our proxy decides who may be
 * reached, and runs the program beside it. It ends when the program does, and like it.
 */
const [socket = "", port = "", program = "", ...args] = process.argv.slice(2);

const server = createServer({ allowHalfOpen: true }, (inside) => {
  const outside = connect({ path: socket, allowHalfOpen: true });
  pipeline(inside, outside, () => {});
  pipeline(outside, inside, () => {});
});

server.listen(Number(port), "127.0.0.1", () => {
  const child = spawn(program, args, { stdio: "inherit" });
  child.on("error", () => process.exit(127));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
});

// Whoever asks the program to end asks everybody here. The bridge stands until the program is gone.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
