import type { SandboxProfile } from "./profile.ts";

/**
 * A profile in the language of macOS' sandbox-exec. Later rules win over earlier ones. It has neither mounts nor
 * namespaces: what is not named can be neither read nor changed, though programs still see that it exists.
 *
 * Written after Apple's own profiles in /System/Library/Sandbox/Profiles; not yet run on a Mac by its authors.
 */
export function seatbeltProfile(profile: SandboxProfile, proxyPort?: number): string {
  const { worktree, writable, readOnly, readOnlyInside, hidden = [], home } = profile;
  const changeable = [worktree, home, ...writable];
  return [
    "(version 1)",
    "(deny default)",
    "(allow process-fork process-exec)",
    "(allow process-info* signal (target same-sandbox))",
    "(allow sysctl-read mach-lookup ipc-posix-shm ipc-posix-sem pseudo-tty)",
    "(allow file-read-metadata)",
    rule("allow file-read*", "subpath", [...systemFolders, ...readOnly, ...changeable]),
    rule("allow file-read* file-write*", "literal", devices),
    rule("allow file-write*", "subpath", changeable),
    rule("deny file-write*", "subpath", readOnlyInside),
    rule("deny file-read* file-write*", "subpath", hidden),
    networkRule(profile, proxyPort),
  ]
    .filter(Boolean)
    .join("\n");
}

const systemFolders = [
  "/usr",
  "/bin",
  "/sbin",
  "/System",
  "/Library/Apple",
  "/Library/Developer/CommandLineTools",
  "/Applications/Xcode.app/Contents/Developer",
  "/opt/homebrew/Cellar",
  "/private/etc/ssl",
  "/private/var/db/timezone",
  "/private/var/select",
];

const devices = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/tty"];

function rule(action: string, filter: "subpath" | "literal", paths: readonly string[]): string {
  if (paths.length === 0) return "";
  return `(${action} ${paths.map((path) => `(${filter} ${quoted(path)})`).join(" ")})`;
}

function networkRule({ network }: SandboxProfile, proxyPort: number | undefined): string {
  if (network === "open") return "(allow network*)";
  if (proxyPort === undefined) return "";
  return `(allow network-outbound (remote ip ${quoted(`localhost:${proxyPort}`)}))`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
