import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ProcessOptions, type ProcessResult, runProcess } from "../../src/platform/process.ts";
import { isRunning } from "../support/processes.ts";

const onLinux = process.platform === "linux";
const forever = new AbortController().signal;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chargehand-process-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function shell(script: string, more: Partial<ProcessOptions> = {}, signal = forever): Promise<ProcessResult> {
  return runProcess(
    {
      argv: ["/bin/sh", "-c", script],
      cwd: folder,
      env: { PATH: "/usr/bin:/bin" },
      timeoutMs: 60_000,
      output: { headBytes: 4_000, tailBytes: 4_000 },
      ...more,
    },
    signal,
  );
}

describe("a command that ends", () => {
  test("answers with its exit code and both streams", async () => {
    const result = await shell("echo out; echo err >&2; exit 3");

    expect(result).toMatchObject({ ended: "exited", exitCode: 3, signal: null, bytes: 8, survivors: 0 });
    expect(result.stdout.text).toBe("out\n");
    expect(result.stderr.text).toBe("err\n");
  });

  test("answers with the signal that killed it", async () => {
    expect(await shell("kill -SEGV $$")).toMatchObject({ ended: "exited", exitCode: null, signal: "SIGSEGV" });
  });

  test("RC-07 TG-50 sees the environment it was given and nothing of ours", async () => {
    vi.stubEnv("CLAUDECODE", "1");
    vi.stubEnv("MARKER_SECRET", "s3cr3t");

    const { stdout } = await runProcess({ ...quiet(), argv: ["/usr/bin/env"], env: { ONLY: "this" } }, forever);

    expect(stdout.text.replace(/^CHARGEHAND_RUN=.*\n/m, "")).toBe("ONLY=this\n");
    vi.unstubAllEnvs();
  });

  test("finds the end of its stdin at once when it was given none, and its stdin when it was", async () => {
    expect((await shell("cat; echo end")).stdout.text).toBe("end\n");
    expect((await shell("cat; echo end", { stdin: "given " })).stdout.text).toBe("given end\n");
  });

  test("may end without reading a large stdin", async () => {
    expect(await shell("exit 0", { stdin: "x".repeat(4_000_000) })).toMatchObject({ ended: "exited", exitCode: 0 });
  });

  test.runIf(onLinux)("inherits no file that whoever started us left open", async () => {
    await writeFile(join(folder, "secret"), "s3cr3t");
    await using secret = await open(join(folder, "secret"));
    const argv = ["/bin/sh", "-c", "ls -l /proc/self/fd; cat /proc/self/fd/40"];
    const program = daemonRunning({ ...quiet(), argv, env: {} });
    const unused = Array.from({ length: 37 }, () => "ignore" as const);

    const daemon = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit", ...unused, secret.fd],
    });

    const printed = await text(daemon.stdout ?? Readable.from([]));
    expect(printed).toContain(" 40 -> /dev/null");
    expect(printed).not.toContain("s3cr3t");
  });
});

describe("a command that cannot be started", () => {
  test.each([
    ["a program that does not exist", { argv: ["/no/such/program"] }, "/no/such/program does not exist"],
    ["a program named without its path", { argv: ["ls"] }, "not an absolute path"],
    ["a folder that does not exist", { cwd: "/no/such/folder" }, "/no/such/folder does not exist"],
    ["an argument that no program can be given", { argv: ["/bin/echo", "a\0b"] }, "could not be started"],
    ["a file that is no program", { argv: ["/etc/passwd"] }, "may not be run"],
  ])("%s is an answer, not a rejection", async (_, more, reason) => {
    const result = await shell("", more);

    expect(result).toMatchObject({ ended: "not_started", exitCode: null, bytes: 0 });
    expect(result.reason).toContain(reason);
  });

  test("a signal aborted before the start starts nothing", async () => {
    const result = await shell("touch started", {}, AbortSignal.abort());

    expect(result.ended).toBe("cancelled");
    expect(existsSync(join(folder, "started"))).toBe(false);
  });
});

describe.runIf(onLinux)("RC-09 nothing outlives its command", () => {
  /** Everything people have seen escape: no ear for TERM, a session of its own, a double fork, all streams closed. */
  const escapees = [
    "trap '' TERM HUP INT",
    "sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 1000; done' &",
    "setsid sh -c 'echo $$ >> pids; sleep 1000; :' &",
    "(setsid sh -c '(echo $$ >> pids; trap \"\" TERM; exec sleep 1000) </dev/null >/dev/null 2>&1 &' &)",
    'while [ "$(wc -l < pids)" -lt 3 ]; do :; done',
    "echo ready",
  ].join("\n");

  async function escaped(cwd: string): Promise<number[]> {
    const pids = (await readFile(join(cwd, "pids"), "utf8")).trim().split("\n").map(Number);
    expect(pids).toHaveLength(3);
    return pids.filter(isRunning);
  }

  async function freshFolder(): Promise<string> {
    const path = await mkdtemp(join(folder, "escape-"));
    await writeFile(join(path, "pids"), "");
    return path;
  }

  test("TG-49 a command that exits by itself leaves no descendant", async () => {
    const cwd = await freshFolder();

    const result = await shell(`${escapees}\nexit 7`, { cwd });

    expect(result).toMatchObject({ ended: "exited", exitCode: 7, survivors: 0 });
    expect(await escaped(cwd)).toEqual([]);
  });

  test("a cancelled command leaves no descendant", async () => {
    const cwd = await freshFolder();
    const cancel = new AbortController();

    const onLine = () => cancel.abort();
    const result = await shell(`${escapees}\nwhile :; do sleep 1000; done`, { cwd, onLine }, cancel.signal);

    expect(result).toMatchObject({ ended: "cancelled", signal: "SIGKILL", survivors: 0 });
    expect(await escaped(cwd)).toEqual([]);
  });

  test("SY-42 a command past its time leaves no descendant", async () => {
    const cwd = await freshFolder();

    const result = await shell(`${escapees}\nwhile :; do sleep 1000; done`, { cwd, timeoutMs: 2_000 });

    expect(result).toMatchObject({ ended: "timeout", survivors: 0 });
    expect(await escaped(cwd)).toEqual([]);
  });

  test("a command gets the chance to end in its own way", async () => {
    const cancel = new AbortController();

    const script = "trap 'echo goodbye; exit 5' TERM; echo ready; while :; do sleep 0.01; done";
    const result = await shell(script, { onLine: () => cancel.abort(), graceMs: 10_000 }, cancel.signal);

    expect(result).toMatchObject({ ended: "cancelled", exitCode: 5 });
    expect(result.stdout.text).toBe("ready\ngoodbye\n");
  });

  test("a silent command is ended, one that prints is not", async () => {
    const silent = await shell("echo once; sleep 1000", { silenceMs: 200 });
    const chatty = await shell("for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done", { silenceMs: 10_000 });

    expect(silent.ended).toBe("silence");
    expect(chatty.ended).toBe("exited");
  });

  test("somebody nobody can find and who holds stdout does not delay the result", async () => {
    const { ended, stdout } = await shell(
      "env -i /usr/bin/setsid /bin/sh -c 'echo $$; exec /bin/sleep 1000' & sleep 0.3",
    );

    expect(ended).toBe("exited");
    const stranger = Number(stdout.text);
    if (isRunning(stranger)) process.kill(stranger, "SIGKILL");
  });

  test("RC-09 a daemon killed with -9 leaves no child behind", async () => {
    const cwd = await freshFolder();
    const argv = ["/bin/sh", "-c", `${escapees}\nsleep 1000`];
    const program = daemonRunning({ ...quiet(), argv, cwd, env: { PATH: "/usr/bin:/bin" } });
    const daemon = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(daemon.stdout, "data");

    daemon.kill("SIGKILL");

    await expect.poll(() => escaped(cwd), { timeout: 10_000 }).toEqual([]);
  });
});

describe("RC-08 output", () => {
  test("comes back bounded, and whole in the file", async () => {
    const file = join(folder, "whole.log");

    const result = await shell("seq 1 100000; echo oops >&2", { output: { headBytes: 20, tailBytes: 20, file } });

    expect(result.stdout.text).toMatch(/^1\n2\n[\s\S]*\n… 588,855 bytes left out …\n[\s\S]*99999\n100000\n$/);
    const whole = await readFile(file, "utf8");
    expect(whole).toHaveLength(result.bytes);
    expect(whole).toContain("\n54321\n");
    expect(whole).toContain("oops\n");
  });

  test("of a hundred megabytes leaves the daemon as it was", async () => {
    const flood = (megabytes: number) => shell(`head -c ${megabytes}000000 /dev/zero`, { timeoutMs: 60_000 });
    const growth: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const before = process.memoryUsage.rss();
      const { bytes, stdout } = await flood(100);
      expect(bytes).toBe(100_000_000);
      expect(stdout.omittedBytes).toBe(100_000_000 - 8_000);
      growth.push(process.memoryUsage.rss() - before);
    }

    // V8 lets read buffers grow to 64 MB before it looks for unused ones; what is kept would grow by 100 MB each time.
    expect(Math.min(...growth)).toBeLessThan(50_000_000);
  });

  test("stops growing in the file at its maximum, and says so there", async () => {
    const file = join(folder, "bounded.log");

    await shell("yes | head -c 1000000", { output: { headBytes: 10, tailBytes: 10, file, fileMaxBytes: 1_000 } });

    const kept = await readFile(file, "utf8");
    expect(kept).toBe(`${"y\n".repeat(500)}\n… the rest of the output was left out …\n`);
  });

  test("arrives as lines, each with the name of its stream", async () => {
    const lines: string[] = [];

    await shell("printf 'one\\r\\ntwo'; sleep 0.1; printf ' and a half\\n\\nrest'; echo bad >&2", {
      onLine: (line, stream) => lines.push(`${stream}: ${line}`),
    });

    expect(lines.filter((line) => line.startsWith("stdout"))).toEqual([
      "stdout: one",
      "stdout: two and a half",
      "stdout: ",
      "stdout: rest",
    ]);
    expect(lines).toContain("stderr: bad");
  });

  test("of a line that never ends, the beginning is kept", async () => {
    const lines: string[] = [];

    await shell("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo next", { onLine: (line) => lines.push(line) });

    expect(lines[0]).toMatch(/^x{1048576} … 1,951,424 bytes left out …$/);
    expect(lines[1]).toBe("next");
  });

  test("that cannot be kept ends the command and rejects", async () => {
    const output = { headBytes: 10, tailBytes: 10, file: join(folder, "no-such-folder", "log") };

    await expect(shell("echo $$ > pid; sleep 1000", { output })).rejects.toThrow("ENOENT");
  });

  test("whose reader throws ends the command and rejects with that error", async () => {
    const onLine = (line: string) => {
      throw new RangeError(`reader broke on ${line}`);
    };

    await expect(shell("echo $$; exec sleep 1000", { onLine })).rejects.toThrow(/^reader broke on (\d+)$/);
  });
});

function quiet(): Pick<ProcessOptions, "cwd" | "timeoutMs" | "output"> {
  return { cwd: folder, timeoutMs: 60_000, output: { headBytes: 4_000, tailBytes: 4_000 } };
}

/** A program of its own that runs one command and prints its lines. */
function daemonRunning(options: ProcessOptions): string {
  return `
    import { runProcess } from ${JSON.stringify(new URL("../../src/platform/process.ts", import.meta.url).href)};
    const options = ${JSON.stringify(options)};
    await runProcess({ ...options, onLine: console.log }, new AbortController().signal);`;
}
