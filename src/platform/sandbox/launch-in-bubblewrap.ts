import { existsSync, lstatSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../../core/error.ts";
import { ownPrograms } from "../find-program.ts";
import type { Launch } from "../process/launch.ts";
import { type Bridge, bubblewrapArgv, insidePort, insideScript, insideSocket, insideTemporary } from "./bubblewrap.ts";
import { hostsOf, type SandboxProfile } from "./profile.ts";
import { openProxy } from "./proxy.ts";
import { proxyEnvironment } from "./proxy-environment.ts";
import { nameResolution, systemMounts } from "./system.ts";

type Command = Omit<Launch, "isContained">;

/** Wraps a command into bubblewrap. What it needs outside while it runs is put on `resources`. */
export async function launchInBubblewrap(
  { argv, cwd, env }: Command,
  profile: SandboxProfile,
  resources: AsyncDisposableStack,
): Promise<Launch> {
  const hosts = hostsOf(profile);
  const bridge = hosts && (await openBridge(hosts, resources));
  const system = [...systemMounts(), ...nameResolution(profile.network === "open")];
  return {
    argv: [
      findBubblewrap(),
      ...bubblewrapArgv(mountable(profile), system, bridge),
      ...["--chdir", cwd, "--json-status-fd", "3", "--"],
      ...(bridge ? [bridge.node, insideScript, insideSocket, `${insidePort}`] : []),
      ...argv,
    ],
    cwd: "/",
    // Through the environment of bubblewrap itself: everybody may read its arguments.
    env: { HOME: profile.home, ...env, TMPDIR: insideTemporary, ...(hosts && proxyEnvironment(hosts, insidePort)) },
    isContained: true,
  };
}

/** Where distributions install it; a PATH could name another. */
const places = [
  "/usr/bin/bwrap",
  "/usr/local/bin/bwrap",
  "/bin/bwrap",
  "/run/current-system/sw/bin/bwrap",
  join(ownPrograms, "bwrap"),
];

function findBubblewrap(): string {
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new AppError("sandbox-unavailable", "bubblewrap (bwrap) is not installed.");
  return found;
}

async function openBridge(hosts: readonly string[], resources: AsyncDisposableStack): Promise<Bridge> {
  const folder = await mkdtemp(join(tmpdir(), "chargehand-proxy-"));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const socket = join(folder, "socket");
  resources.use(await openProxy({ hosts, listenOn: { path: socket } }));
  return { socket, script: fileURLToPath(new URL("bridge.ts", import.meta.url)), node: process.execPath };
}

/** Mounting over a link would follow it; what does not exist needs no protection and could not be mounted. */
function mountable(profile: SandboxProfile): SandboxProfile {
  const exists = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === false;
  return {
    ...profile,
    readOnlyInside: profile.readOnlyInside.filter(exists),
    hidden: profile.hidden?.filter(exists) ?? [],
  };
}
