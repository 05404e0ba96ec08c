import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isRunning } from "../support/processes.ts";

const cli = resolve(import.meta.dirname, "../../src/cli.ts");

let temporary: string;
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "chargehand-test-"));
});
afterEach(() => rm(temporary, { recursive: true, force: true }));

/** The demo in a temporary folder of its own, so that what it leaves behind is seen. */
function demo(...options: string[]) {
  const env = { TMPDIR: temporary };
  return execa(process.execPath, [cli, "demo", ...options], { cwd: temporary, env, reject: false, timeout: 150_000 });
}

/** The processes that work in the temporary folder, or were told to. */
async function processesThere(): Promise<string[]> {
  const { stdout } = await execa("ps", ["-eo", "pid=,args="]);
  return stdout.split("\n").filter((line) => line.includes(temporary));
}

test("OPS-01 demo --auto plays the whole story, proves it by git, and leaves nothing behind", async () => {
  const { exitCode, stdout, stderr } = await demo("--auto");

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^Ann +Fix the failing test: a discount must give whole cents$/m);
  expect(stdout).toContain("✓ codex exec");
  expect(stdout).toContain("All checks passed");
  expect(stdout).toContain("+  return sum - Math.round((sum * discountPercent) / 100);");
  expect(stdout).toContain("Merged into main as");
  expect(stdout).toContain("Proven by git and by the tests on main");
  expect(await readdir(temporary)).toEqual([]);
  expect(await processesThere()).toEqual([]);
}, 150_000);

test.runIf(process.platform === "linux")(
  "OPS-01 demo --auto works where no sandbox does: commands that run code ask first",
  async () => {
    // A mount of its own puts a program that only fails in bubblewrap's place.
    const places = `/usr/bin/bwrap /usr/local/bin/bwrap ${resolve(cli, "../../.tools/bin/bwrap")}`;
    const hide = `for it in ${places}; do [ ! -e "$it" ] || mount --bind /bin/false "$it"; done; exec "$@"`;
    const withoutSandbox = ["--map-root-user", "--mount", "sh", "-c", hide, "sh"];

    const { exitCode, stdout, stderr } = await execa(
      "unshare",
      [...withoutSandbox, process.execPath, cli, "demo", "--auto"],
      { cwd: temporary, env: { TMPDIR: temporary }, reject: false, timeout: 150_000 },
    );

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("May this run?");
    expect(stdout).toContain("Proven by git and by the tests on main");
  },
  150_000,
);

test("OPS-01 the demo shows a phone at an address of this machine until Ctrl-C, and leaves nothing behind", async () => {
  const running = demo("--no-open");
  const address = await addressIn(running);
  const page = await fetch(address);
  const suggestions = await page.text();

  running.kill("SIGINT");
  const { exitCode } = await running;

  expect(page.status).toBe(200);
  expect(suggestions).toContain("<html");
  expect(exitCode).toBe(0);
  expect(await readdir(temporary)).toEqual([]);
  expect(await processesThere()).toEqual([]);
}, 60_000);

test("a demo that is killed takes the bot and the daemon with it", async () => {
  const running = demo("--no-open");
  await addressIn(running);
  const { stdout } = await execa("pgrep", ["-P", String(running.pid)]);
  const children = stdout.split("\n").map(Number);
  expect(children.length).toBeGreaterThan(0);

  running.kill("SIGKILL");
  await running;

  await expect.poll(() => children.filter(isRunning), { timeout: 20_000 }).toEqual([]);
  await expect.poll(processesThere, { timeout: 20_000 }).toEqual([]);
}, 60_000);

function addressIn(running: ReturnType<typeof demo>): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    running.stdout.on("data", (chunk: Buffer) => {
      printed += chunk;
      const [address] = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(printed) ?? [];
      if (address !== undefined) resolve(address);
    });
    running.then(({ stderr }) => reject(new Error(`The demo ended:\n${printed}\n${stderr}`)), reject);
  });
}
