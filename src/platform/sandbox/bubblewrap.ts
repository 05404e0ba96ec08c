import type { SandboxProfile } from "./profile.ts";

/** The one way out of a sandbox whose network is limited to some hosts, and what carries it inside. */
export interface Bridge {
  /** Where our proxy listens, outside. */
  readonly socket: string;
  /** The program that lets a port inside lead to that socket, and the Node that runs it. */
  readonly script: string;
  readonly node: string;
}

export const insideSocket = "/run/chargehand/proxy.sock";
export const insideScript = "/run/chargehand/bridge.ts";
export const insidePort = 3128;

/** TMPDIR. Not /tmp itself, for a home may lie there, and Codex refuses to work with a home below TMPDIR. */
export const insideTemporary = "/tmp/own";

/**
 * The arguments of bubblewrap for a profile; the command follows after `--`. `system` is what `systemMounts` and
 * `nameResolution` say of this machine.
 *
 * Inside, everybody is the same ordinary user: a daemon that runs as root must not lend that, and a sandbox inside
 * this one (Codex brings its own) could not be made by a root without capabilities. User namespaces stay allowed for it.
 */
export function bubblewrapArgv(profile: SandboxProfile, system: readonly string[], bridge?: Bridge): string[] {
  return [
    ...["--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"],
    ...["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
    ...(profile.network === "open" ? [] : ["--unshare-net"]),
    // Node starts us without a terminal; who else uses these arguments might not.
    ...["--die-with-parent", "--new-session"],
    ...system,
    // What the kernel lets its root set in /proc/sys it lets a daemon's root set, inside too and without a capability.
    ...["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev"],
    ...["--tmpfs", "/tmp", "--dir", insideTemporary, "--symlink", "../tmp", "/var/tmp"],
    ...ownMounts(profile),
    ...(bridge ? bridgeMounts(bridge) : []),
    // Last, so that nothing new appears beside what was mounted.
    ...["--remount-ro", "/"],
  ];
}

function ownMounts(profile: SandboxProfile): string[] {
  const { worktree, writable, readOnly, readOnlyInside, hidden = [], shown = [], scratch = [], home } = profile;
  const mounts = [
    ...readOnly.map((path) => ({ flag: "--ro-bind-try", path })),
    ...[home, worktree, ...writable].map((path) => ({ flag: "--bind", path })),
  ];
  return [
    // A folder before what lies in it, so that the more exact rule wins.
    ...mounts
      .toSorted((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)))
      .flatMap(({ flag, path }) => [flag, path, path]),
    ...readOnlyInside.flatMap((path) => ["--ro-bind-try", path, path]),
    ...shown.flatMap(({ from, at }) => ["--ro-bind", from, at]),
    ...scratch.flatMap((path) => ["--tmpfs", path]),
    ...hidden.flatMap((path) => ["--dev-bind", "/dev/null", path]),
  ];
}

function bridgeMounts({ socket, script, node }: Bridge): string[] {
  return ["--ro-bind", socket, insideSocket, "--ro-bind", script, insideScript, "--ro-bind", node, node];
}
