import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createServer as createSocketServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findProgram } from "../../src/platform/find-program.ts";
import { type ProcessOptions, type ProcessResult, runProcess } from "../../src/platform/process.ts";
import { detectSandbox } from "../../src/platform/sandbox/detect.ts";
import type { SandboxProfile } from "../../src/platform/sandbox/profile.ts";
import { findToolchains } from "../../src/platform/sandbox/toolchains.ts";
import { isRunning, runningWith } from "../support/processes.ts";

const found = await detectSandbox();
const isContained = found.kind === "bubblewrap";
if (!isContained) console.warn(`SANDBOX TESTS ARE SKIPPED: ${found.reason} ${found.remedy}`);

const node = process.execPath;
/** Where the programs are that the tests run inside, bubblewrap itself included, which may be one that we fetched. */
const programs = [dirname(node), dirname(findProgram(["bwrap"]) ?? "/usr/bin/bwrap")].join(delimiter);
const forever = new AbortController().signal;
let base: string;
let profile: SandboxProfile;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "chargehand-sandbox-"));
  for (const folder of ["task-1/src", "task-2", "home", "git", "person/.ssh"])
    await mkdir(join(base, folder), { recursive: true });
  for (const file of ["task-1/.git", "task-1/locked", "task-1/src/a.txt", "task-2/other", "person/.ssh/id_ed25519"])
    await writeFile(join(base, file), "as it was");
  const { readOnly, hidden } = findToolchains({ path: programs, private: [join(base, "person")] });
  profile = {
    worktree: join(base, "task-1"),
    home: join(base, "home"),
    writable: [join(base, "git")],
    readOnly,
    readOnlyInside: [join(base, "task-1/.git"), join(base, "task-1/locked"), join(base, "task-1/not-there")],
    hidden,
    network: "none",
  };
});
afterAll(() => rm(base, { recursive: true, force: true }));

function inside(script: string, more: Partial<ProcessOptions> = {}, signal = forever): Promise<ProcessResult> {
  return runProcess(
    {
      argv: ["/bin/sh", "-c", script],
      cwd: profile.worktree,
      env: { PATH: `${programs}${delimiter}/usr/bin:/bin` },
      timeoutMs: 60_000,
      output: { headBytes: 8_000, tailBytes: 8_000 },
      sandbox: profile,
      ...more,
    },
    signal,
  );
}

function nodeInside(program: string, network: SandboxProfile["network"]): Promise<ProcessResult> {
  return inside("", { argv: [node, "--input-type=module", "-e", program], sandbox: { ...profile, network } });
}

describe.runIf(isContained)("RC-06 a sandboxed command", () => {
  test("may change its worktree, its home, its temporary folder and what it was given", async () => {
    const { exitCode, stderr } = await inside(
      `echo new > src/new && echo x >> src/a.txt && echo h > "$HOME/h" && echo t > "$TMPDIR/t" && echo g > ${base}/git/g`,
    );

    expect(stderr.text).toBe("");
    expect(exitCode).toBe(0);
    expect(await readFile(join(base, "task-1/src/new"), "utf8")).toBe("new\n");
    expect(existsSync(join(tmpdir(), "t"))).toBe(false);
  });

  test.each([
    ["the .git file", "echo no > .git"],
    ["the .git file by replacing it", "echo no > x && mv x .git"],
    ["the .git file by removing it", "rm -f .git"],
    ["what is out of scope (GT-08)", "echo no > locked"],
    ["the system", "touch /usr/bin/no"],
    ["the root folder", "mkdir /no"],
    ["another worktree", 'echo no > "$PWD/../task-2/other"'],
  ])("may not change %s", async (_, script) => {
    const { exitCode } = await inside(script);

    expect(exitCode).not.toBe(0);
    for (const file of ["task-1/.git", "task-1/locked", "task-2/other"])
      expect(await readFile(join(base, file), "utf8")).toBe("as it was");
  });

  test("leaves nothing where it was not allowed to, though it may try things in a /tmp of its own", async () => {
    const elsewhere = [`${base}/task-3`, `${tmpdir()}/chargehand-left-behind`];

    await inside(`mkdir ${elsewhere.join(" ")}`);

    expect(elsewhere.filter((path) => existsSync(path))).toEqual([]);
  });

  test("sees no other worktree, no person's home, no socket and no host file", async () => {
    const socket = createSocketServer().listen(join(base, "redis.sock"));

    const seen = [
      `${base}/task-2`,
      `${base}/person/.ssh`,
      `${base}/redis.sock`,
      "$HOME/.ssh",
      "/root/.ssh",
      "/var/run/docker.sock",
      "/run/docker.sock",
      "/var/run/redis",
      "/etc/shadow",
      "/etc/hostname",
      "/home",
      "/sys",
      "/boot",
    ];
    const { stdout } = await inside(
      `for path in ${seen.join(" ")}; do [ -e "$path" ] && echo "$path"; done; echo done`,
    );

    expect(stdout.text).toBe("done\n");
    socket.close();
  });

  test("RC-05 has no way to push: the remote does not exist for it", async () => {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: profile.worktree, stdio: "pipe" });
    const repository = join(base, "task-1/repository");
    git("init", "-q", "--bare", join(base, "origin.git"));
    git("init", "-q", repository);
    git("-C", repository, "remote", "add", "origin", join(base, "origin.git"));
    git("-C", repository, "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-q", "--allow-empty", "-m", "work");

    const { exitCode, stderr } = await inside("git -C repository push origin HEAD:main");

    expect(stderr.text).toContain("does not appear to be a git repository");
    expect(exitCode).toBe(128);
    expect(git("-C", join(base, "origin.git"), "for-each-ref").toString()).toBe("");
  });

  test("RC-07 finds no secret in its environment nor in that of any process", async () => {
    const bystander = spawn("/bin/sleep", ["1000"], { env: { MARKER_SECRET: "s3cr3t-marker" } });
    await once(bystander, "spawn");

    const { stdout } = await inside("env; cat /proc/*/environ; cat /proc/*/cmdline; echo; ls -d /proc/[0-9]* | wc -l");
    bystander.kill();

    expect(stdout.text).not.toContain("s3cr3t-marker");
    expect(stdout.text).not.toContain("SSH_AUTH_SOCK");
    expect(Number(stdout.text.trim().split("\n").at(-1))).toBeLessThan(10);
  });

  test("is an ordinary user without capabilities, whoever we are", async () => {
    const { stdout } = await inside("id -un; grep CapEff /proc/self/status");

    expect(stdout.text).toMatch(/^chargehand\nCapEff:\t0+\n$/);
  });

  test("has no file open but its three streams", async () => {
    const { stdout } = await inside("ls -l /proc/self/fd");

    const targets = new Map(stdout.text.matchAll(/ (\d+) -> (.+)/g).map(([, fd, target]) => [Number(fd), target]));
    const others = [...targets].filter(([fd, target]) => fd > 2 && target !== "/dev/null" && !target?.endsWith("/fd"));
    expect(targets.size).toBeGreaterThan(3);
    expect(others).toEqual([]);
  });

  test("may make a sandbox of its own, as Codex does", async () => {
    const nested = `bwrap --new-session --die-with-parent --ro-bind / / --dev /dev --bind ${base}/task-1 ${base}/task-1`;
    const { exitCode, stderr } = await inside(
      `${nested} --unshare-user --unshare-pid --unshare-net sh -c 'echo n > nested; ! touch "$HOME/nested"'`,
    );

    expect(stderr.text).toContain("Read-only file system");
    expect(exitCode).toBe(0);
    expect(await readFile(join(base, "task-1/nested"), "utf8")).toBe("n\n");
  });

  test("finds the operator's programs where the PATH says, without the credentials beside them", async () => {
    const tools = join(base, "tools");
    await mkdir(join(tools, "bin"), { recursive: true });
    await writeFile(join(tools, "bin/tool"), "#!/bin/sh\ncat $(dirname $0)/../lib $(dirname $0)/../.npmrc\n", {
      mode: 0o755,
    });
    await writeFile(join(tools, "lib"), "beside\n");
    await writeFile(join(tools, ".npmrc"), "//registry/:_authToken=s3cr3t\n");
    const toolchains = findToolchains({ path: join(tools, "bin"), private: [join(base, "person")] });

    const { stdout, stderr } = await inside("tool", {
      env: { PATH: `${tools}/bin:/usr/bin:/bin` },
      sandbox: { ...profile, ...toolchains },
    });

    expect(stderr.text).toBe("");
    expect(stdout.text).toBe("beside\n");
  });

  test("that cannot be started there is an answer that says why", async () => {
    const noFolder = await inside("true", { sandbox: { ...profile, writable: [join(base, "missing")] } });
    const noProgram = await inside("", { argv: [join(base, "person/tool")] });
    await writeFile(join(base, "person/tool"), "#!/bin/sh\n", { mode: 0o755 });
    const invisible = await inside("", { argv: [join(base, "person/tool")] });

    expect(noFolder).toMatchObject({ ended: "not_started", exitCode: null });
    expect(noFolder.reason).toContain(join(base, "missing"));
    expect(noProgram.reason).toContain("does not exist");
    expect(invisible.reason).toMatch(/The sandbox could not start it: .*person\/tool: No such file/);
  });

  test("answers with its own exit code, also 1", async () => {
    expect(await inside("exit 1")).toMatchObject({ ended: "exited", exitCode: 1 });
    expect(await inside("kill -9 $$")).toMatchObject({ ended: "exited", exitCode: 137 });
  });
});

describe.runIf(isContained)("RC-09 nothing outlives a sandboxed command", () => {
  /** Not even the mark in its environment is left to find these by. */
  const unmarked = (mark: string) =>
    [
      `env -i /usr/bin/setsid /bin/sh -c 'trap "" TERM HUP; while :; do sleep ${mark}; done' >/dev/null 2>&1 &`,
      `(setsid sh -c '(exec sleep ${mark}) </dev/null >/dev/null 2>&1 &' &)`,
      "echo ready",
    ].join("\n");

  test("TG-49 when it exits by itself", async () => {
    const result = await inside(`${unmarked("86431.01")}\nexit 4`);

    expect(result).toMatchObject({ ended: "exited", exitCode: 4, survivors: 0 });
    await expect.poll(() => runningWith("86431.01"), { timeout: 10_000 }).toEqual([]);
  });

  test("when it is cancelled, after it was asked to end by itself", async () => {
    const cancel = new AbortController();

    const script = `trap 'echo goodbye; exit 5' TERM\n${unmarked("86431.02")}\nwhile :; do sleep 0.01; done`;
    const options = { onLine: () => cancel.abort(), graceMs: 10_000 };
    const result = await inside(script, options, cancel.signal);

    expect(result).toMatchObject({ ended: "cancelled", exitCode: 5, survivors: 0 });
    expect(result.stdout.text).toBe("ready\ngoodbye\n");
    await expect.poll(() => runningWith("86431.02"), { timeout: 10_000 }).toEqual([]);
  });

  test("when its time is over and it does not listen", async () => {
    const result = await inside(`trap '' TERM\n${unmarked("86431.03")}\nwhile :; do sleep 1; done`, {
      timeoutMs: 1_500,
    });

    expect(result).toMatchObject({ ended: "timeout", survivors: 0 });
    await expect.poll(() => runningWith("86431.03"), { timeout: 10_000 }).toEqual([]);
  });

  test("when the daemon is killed with -9", async () => {
    const options = {
      argv: ["/bin/sh", "-c", `${unmarked("86431.04")}\nsleep 86431.04`],
      cwd: profile.worktree,
      env: { PATH: "/usr/bin:/bin" },
      timeoutMs: 60_000,
      output: { headBytes: 10, tailBytes: 10 },
      sandbox: profile,
    };
    const program = `
      import { runProcess } from ${JSON.stringify(new URL("../../src/platform/process.ts", import.meta.url).href)};
      const options = ${JSON.stringify(options)};
      await runProcess({ ...options, onLine: console.log }, new AbortController().signal);`;
    const daemon = spawn(node, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(daemon.stdout, "data");
    expect(runningWith("86431.04").filter(isRunning)).not.toEqual([]);

    daemon.kill("SIGKILL");

    await expect.poll(() => runningWith("86431.04"), { timeout: 10_000 }).toEqual([]);
  });
});

describe.runIf(isContained)("RC-06 the network of a sandboxed command", () => {
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createServer((_, answer) => answer.end("reached")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
  });
  afterAll(() => server.close());

  const ask = (target: number) => `
    const answer = await fetch("http://127.0.0.1:${target}/").catch((error) => error);
    console.log(answer.status ?? "unreachable", answer.text ? await answer.text() : "");`;

  test.each([["none"], [{ hosts: [] }]] as const)(
    "is not there with %j, our own loopback device included",
    async (network) => {
      const { stdout } = await nodeInside(ask(port), network);

      expect(stdout.text).toBe("unreachable \n");
    },
  );

  test("reaches an allowed host and no other", async () => {
    const network = { hosts: [`127.0.0.1:${port}`] };

    const other = port + 1;

    const allowed = await nodeInside(ask(port), network);
    const refused = await nodeInside(ask(other), network);

    expect(allowed.stdout.text).toBe("200 reached\n");
    expect(refused.stdout.text).toBe("unreachable \n");
  });

  test("lets nothing around the proxy", async () => {
    const program = `
      import { connect } from "node:net";
      import { once } from "node:events";
      const answer = await once(connect(${port}, "127.0.0.1"), "connect").then(() => "reached", (error) => error.code);
      console.log(answer);`;

    const { stdout } = await nodeInside(program, { hosts: [`127.0.0.1:${port}`] });

    expect(stdout.text).toBe("ECONNREFUSED\n");
  });

  test("leaves the servers it starts itself reachable", async () => {
    const program = `
      import { createServer } from "node:http";
      import { once } from "node:events";
      const server = createServer((_, answer) => answer.end("own")).listen(0, "127.0.0.1");
      await once(server, "listening");
      const answer = await fetch("http://127.0.0.1:" + server.address().port);
      console.log(await answer.text());
      server.close();`;

    for (const network of ["none", { hosts: ["example.com"] }] as const) {
      expect((await nodeInside(program, network)).stdout.text).toBe("own\n");
    }
  });

  test("hands on exit codes and signals through the bridge", async () => {
    const sandbox = { ...profile, network: { hosts: ["example.com"] } };

    expect(await inside("exit 6", { sandbox })).toMatchObject({ ended: "exited", exitCode: 6 });
    expect(await inside("kill -9 $$", { sandbox })).toMatchObject({ ended: "exited", exitCode: 137 });
    expect((await inside("cat", { sandbox, stdin: "given" })).stdout.text).toBe("given");
  });

  test('is everybody\'s with "open"', async () => {
    expect((await nodeInside(ask(port), "open")).stdout.text).toBe("200 reached\n");
  });
});
