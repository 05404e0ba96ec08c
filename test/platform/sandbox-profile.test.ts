import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bubblewrapArgv, insideTemporary } from "../../src/platform/sandbox/bubblewrap.ts";
import { remedyFor } from "../../src/platform/sandbox/detect.ts";
import type { SandboxProfile } from "../../src/platform/sandbox/profile.ts";
import { pathsOutOfScope } from "../../src/platform/sandbox/scope-paths.ts";
import { seatbeltProfile } from "../../src/platform/sandbox/seatbelt.ts";
import { findToolchains } from "../../src/platform/sandbox/toolchains.ts";

const profile: SandboxProfile = {
  worktree: "/srv/shop/task-1",
  writable: ["/srv/jobs/1/git/refs"],
  readOnly: ["/srv/jobs/1/git", "/opt/node"],
  readOnlyInside: ["/srv/shop/task-1/.git"],
  hidden: ["/opt/node/.npmrc"],
  network: "none",
  home: "/srv/jobs/1/home",
};

describe("RC-06 the arguments of bubblewrap", () => {
  const mounts = bubblewrapArgv(profile, ["--ro-bind", "/usr", "/usr"]).join(" ");

  test("mount a folder before what lies in it, and exceptions last", () => {
    const order = [
      "--tmpfs /tmp",
      "--ro-bind-try /opt/node /opt/node",
      "--ro-bind-try /srv/jobs/1/git /srv/jobs/1/git",
      "--bind /srv/jobs/1/git/refs /srv/jobs/1/git/refs",
      "--bind /srv/shop/task-1 /srv/shop/task-1",
      "--ro-bind-try /srv/shop/task-1/.git /srv/shop/task-1/.git",
      "--dev-bind /dev/null /opt/node/.npmrc",
      "--remount-ro /",
    ].map((mount) => mounts.indexOf(mount));

    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  test("take the network away unless it is open", () => {
    expect(mounts).toContain("--unshare-net");
    expect(bubblewrapArgv({ ...profile, network: { hosts: ["example.com"] } }, [])).toContain("--unshare-net");
    expect(bubblewrapArgv({ ...profile, network: "open" }, [])).not.toContain("--unshare-net");
  });

  test("make TMPDIR a folder in /tmp: Codex refuses to work with a home below TMPDIR, and a home may lie in /tmp", () => {
    expect(mounts).toContain(`--tmpfs /tmp --dir ${insideTemporary}`);
    expect(dirname(insideTemporary)).toBe("/tmp");
  });

  test("leave user namespaces allowed, because engines bring sandboxes of their own", () => {
    expect(mounts).not.toContain("--disable-userns");
  });
});

describe("RC-06 the profile for Seatbelt", () => {
  test("denies by default and takes back what is read-only inside", () => {
    const lines = seatbeltProfile(profile).split("\n");

    expect(lines.slice(0, 2)).toEqual(["(version 1)", "(deny default)"]);
    const write =
      '(allow file-write* (subpath "/srv/shop/task-1") (subpath "/srv/jobs/1/home") (subpath "/srv/jobs/1/git/refs"))';
    const deny = '(deny file-write* (subpath "/srv/shop/task-1/.git"))';
    expect(lines.indexOf(write)).toBeGreaterThan(0);
    expect(lines.indexOf(deny)).toBeGreaterThan(lines.indexOf(write));
  });

  test("allows of the network nothing, the proxy or all", () => {
    expect(seatbeltProfile(profile)).not.toContain("network");
    expect(seatbeltProfile({ ...profile, network: { hosts: ["example.com"] } }, 4000)).toContain(
      '(allow network-outbound (remote ip "localhost:4000"))',
    );
    expect(seatbeltProfile({ ...profile, network: "open" })).toContain("(allow network*)");
  });

  test("cannot be left by a quote in a path", () => {
    expect(seatbeltProfile({ ...profile, worktree: '/srv/a")(allow default)("\\' })).toContain(
      '(subpath "/srv/a\\")(allow default)(\\"\\\\")',
    );
  });
});

describe("RC-06 the operator's programs", () => {
  let root: string;
  beforeAll(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "chargehand-toolchains-")));
    const folders = ["node/v24/bin", "cargo/bin", ".local/bin", ".local/share/pipx/black/bin", "bin", ".pyenv/shims"];
    for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, "cargo/credentials.toml"), "");
    await writeFile(join(root, ".local/share/pipx/black/bin/black"), "");
    await symlink("../share/pipx/black/bin/black", join(root, ".local/bin/black"));
    await symlink("nowhere", join(root, ".local/bin/broken"));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const shown = (...entries: string[]) =>
    findToolchains({
      path: entries.map((entry) => (entry.startsWith("/") ? entry : join(root, entry))).join(":"),
      private: [root],
    });

  test("are shown with the package around them", () => {
    expect(shown("node/v24/bin", ".pyenv/shims").readOnly).toEqual([join(root, ".pyenv"), join(root, "node/v24")]);
  });

  test("are never shown with the whole home, nor with what many programs share in it", () => {
    expect(shown("bin", ".local/bin").readOnly).toEqual([
      join(root, ".local/bin"),
      join(root, ".local/share/pipx/black"),
      join(root, "bin"),
    ]);
  });

  test("do not show the credentials beside them", () => {
    expect(shown("cargo/bin")).toEqual({
      readOnly: [join(root, "cargo")],
      hidden: [join(root, "cargo/credentials.toml")],
    });
  });

  test("of the system and of folders that are not there need nothing", () => {
    expect(shown("/usr/bin", "/bin", "/no/such/bin")).toEqual({ readOnly: [], hidden: [] });
  });
});

describe("GT-08 what is out of scope", () => {
  const files = [
    ".github/workflows/ci.yml",
    ".github/dependabot.yml",
    "README.md",
    "src/a.ts",
    "src/gen/b.ts",
    "yarn.lock",
  ];

  test("is read-only as whole folders where it can be", () => {
    const inScope = (path: string) => path.startsWith("src/") && !path.startsWith("src/gen/");

    expect(pathsOutOfScope(files, inScope)).toEqual([".github", "src/gen", "README.md", "yarn.lock"]);
  });

  test("is single files where a new one beside them would be in scope", () => {
    expect(pathsOutOfScope(files, (path) => !path.endsWith(".yml"))).toEqual([
      ".github/workflows/ci.yml",
      ".github/dependabot.yml",
    ]);
  });

  test("is nothing when everything is in scope, and limited when it is much", () => {
    expect(pathsOutOfScope(files, () => true)).toEqual([]);
    expect(pathsOutOfScope(files, () => false, 2)).toEqual([".github", "src"]);
  });
});

test.each([
  ["bubblewrap (bwrap) is not installed.", "apt install bubblewrap"],
  ["bwrap: setting up uid map: Permission denied", "apparmor_restrict_unprivileged_userns"],
  ["bwrap: Creating new namespace failed: Operation not permitted", "--security-opt"],
  ["bwrap: Unknown option --json-status-fd", "too old"],
  ["Chargehand knows no sandbox for win32.", "Linux or macOS"],
  ["something else", "bwrap --ro-bind"],
])("RC-06 a machine without a sandbox is told what to do: %s", (reason, remedy) => {
  expect(remedyFor(reason)).toContain(remedy);
});
