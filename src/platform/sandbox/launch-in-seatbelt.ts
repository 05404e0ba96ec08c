import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Launch } from "../process/launch.ts";
import { hostsOf, type SandboxProfile } from "./profile.ts";
import { openProxy } from "./proxy.ts";
import { proxyEnvironment } from "./proxy-environment.ts";
import { seatbeltProfile } from "./seatbelt.ts";

/** Wraps a command into macOS' sandbox-exec. */
export async function launchInSeatbelt(
  { argv, cwd, env }: Omit<Launch, "isContained">,
  profile: SandboxProfile,
  resources: AsyncDisposableStack,
): Promise<Launch> {
  const temporary = join(profile.home, "tmp");
  await mkdir(temporary, { recursive: true });
  const hosts = hostsOf(profile);
  const port = hosts && resources.use(await openProxy({ hosts, listenOn: "loopback" })).port;
  return {
    argv: ["/usr/bin/sandbox-exec", "-p", seatbeltProfile(profile, port), ...argv],
    cwd,
    env: {
      HOME: profile.home,
      ...env,
      TMPDIR: temporary,
      ...(hosts && port !== undefined && proxyEnvironment(hosts, port)),
    },
    isContained: false,
  };
}
