import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer as createWebServer } from "node:http";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { gitIn } from "../../support/project.ts";

/** Everywhere a commit could arrive, each on this machine and each recording what comes. */
export interface Outside extends AsyncDisposable {
  /** A bare repository: the project's `origin`. */
  readonly origin: string;
  readonly main: string;
  readonly webUrl: string;
  /** The same origin behind git's own protocol, which lets everybody push. */
  readonly gitUrl: string;
  readonly udpPort: number;
  /** Listens in the abstract namespace, where no file stands. */
  readonly abstractSocket: string;
  /** Everything that arrived so far, one line each. */
  arrivals(): string[];
}

/** Gives the project in `main` an origin, and puts servers around it. */
export async function startOutside(main: string): Promise<Outside> {
  await using opening = new AsyncDisposableStack();
  const origin = join(dirname(main), "..", "origin.git");
  gitIn(main, "clone", "--quiet", "--bare", main, origin);
  gitIn(main, "remote", "add", "origin", origin);
  const before = new Set(stateOf(origin, main));
  const received: string[] = [];

  const web = createWebServer((request, answer) => {
    received.push(`${request.method} ${request.url}`);
    request.resume().on("end", () => answer.writeHead(200).end("{}"));
  });
  const gitServer = createServer({ pauseOnConnect: true }, (socket) => {
    received.push("a connection to the git server");
    const options = ["--inetd", "--export-all", "--enable=receive-pack", `--base-path=${dirname(origin)}`];
    spawn("git", ["daemon", ...options], { stdio: [socket, socket, "ignore"] });
  });
  const abstractSocket = `\0chargehand-${process.pid}-${Date.now()}`;
  const local = createServer((socket) => {
    received.push("a connection to the abstract socket");
    socket.end();
  });
  const udp = createSocket("udp4", () => received.push("a datagram"));
  const webPort = await listen(web, opening);
  const gitPort = await listen(gitServer, opening);
  await listen(local, opening, abstractSocket);
  udp.bind(0, "127.0.0.1");
  await once(udp, "listening");
  opening.defer(() => {
    udp.close();
  });

  const scope = opening.move();
  return {
    ...{ origin, main, abstractSocket },
    webUrl: `http://127.0.0.1:${webPort}`,
    gitUrl: `git://127.0.0.1:${gitPort}/origin.git`,
    udpPort: udp.address().port,
    arrivals: () => [...received, ...stateOf(origin, main).filter((line) => !before.has(line))],
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

/** Every ref, but for the daemon's own pin of the commit a job starts from, and every object. */
function stateOf(...repositories: string[]): string[] {
  return repositories.flatMap((repository) =>
    [
      gitIn(repository, "for-each-ref", "--format=%(objectname) %(refname)"),
      gitIn(repository, "cat-file", "--batch-all-objects", "--batch-check"),
    ]
      .flatMap((listing) => listing.split("\n"))
      .filter((line) => !line.includes("refs/chargehand/base/"))
      .map((line) => `${repository}: ${line}`),
  );
}

async function listen(server: Server, stack: AsyncDisposableStack, path?: string): Promise<number> {
  if (path === undefined) server.listen(0, "127.0.0.1");
  else server.listen(path);
  await once(server, "listening");
  stack.defer(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
