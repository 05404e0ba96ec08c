import { spawn } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

/** What the launcher may use of the system; everything else on its PATH is put there by a test. */
const systemTools = [
  "sh",
  "cat",
  "chmod",
  "cksum",
  "env",
  "find",
  "ln",
  "mkdir",
  "mv",
  "readlink",
  "rm",
  "sed",
  "sleep",
  "tail",
  "uname",
];

let directory: string;
let checkout: string;
let bin: string;

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "chargehand-launcher-")));
  checkout = join(directory, "check out");
  bin = join(directory, "bin");
  await mkdir(join(checkout, "src"), { recursive: true });
  await mkdir(join(checkout, "node_modules"));
  await mkdir(bin);
  for (const name of ["chargehand", "scripts/needs.sh", "scripts/setup.sh"]) {
    await cp(join(import.meta.dirname, "..", name), join(checkout, name));
  }
  await writeFile(join(checkout, "package-lock.json"), "{}");
  await writeFile(join(checkout, "src/cli.ts"), report);
  await writeFile(join(checkout, "scripts/test.ts"), report);
  await Promise.all(systemTools.map(async (name) => symlink(await pathOf(name), join(bin, name))));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Stands in for the program behind the launcher, and tells what it was given. */
const report = `
const { argv, version } = process;
console.log(JSON.stringify({ script: argv[1], given: argv.slice(2), cwd: process.cwd(), path: process.env.PATH, version }));
`;

describe("a start with everything there", () => {
  beforeEach(async () => {
    await symlink(process.execPath, join(bin, "node"));
    await provide("npm", logged(`mkdir -p node_modules`));
    await provide("redis-server");
    await provide("bwrap");
    await launch([]);
  });

  test("OPS-01 is silent and hands every argument on as it was", async () => {
    const { given, script, stderr } = await launch(["run", "fix the cart", "--json", "", "$HOME *"]);

    expect(given).toEqual(["run", "fix the cart", "--json", "", "$HOME *"]);
    expect(script).toBe(join(checkout, "src/cli.ts"));
    expect(stderr).toBe("");
  });

  test("works through links and from any folder, and stays in that folder", async () => {
    const cwd = join(directory, "some where");
    await mkdir(cwd);
    await symlink(join(checkout, "chargehand"), join(directory, "first"));
    await symlink("../first", join(cwd, "second"));

    const { script, cwd: seen } = await launch(["--help"], { command: "./second", cwd });

    expect(script).toBe(join(checkout, "src/cli.ts"));
    expect(seen).toBe(cwd);
  });

  test("works when it is given to a shell by its bare name", async () => {
    const { given } = await launch(["--help"], { command: "sh", leading: ["chargehand"], cwd: checkout });

    expect(given).toEqual(["--help"]);
  });

  test("passes the exit code on", async () => {
    await writeFile(join(checkout, "src/cli.ts"), "process.exitCode = 5;");

    expect(await launch([])).toMatchObject({ exitCode: 5 });
  });

  test("OPS-01 test runs the tests", async () => {
    const { script, given } = await launch(["test", "--engines"]);

    expect(script).toBe(join(checkout, "scripts/test.ts"));
    expect(given).toEqual(["--engines"]);
  });

  test("installs again when the lock has changed, and only then", async () => {
    await launch([]);
    expect(await callsOf("npm")).toHaveLength(1);

    await writeFile(join(checkout, "package-lock.json"), "{ }");
    const { stderr } = await launch([]);

    expect(stderr).toBe("chargehand: installing the dependencies of package-lock.json\n");
    expect(await callsOf("npm")).toHaveLength(2);
  });
});

describe("the first start", () => {
  test("OPS-01 fetches Node 24 as one exact package where the PATH has an older one, and runs npm under it", async () => {
    await provide("node", "echo v20.20.2");
    await provide("npm", logged(`if [ "$1" = install ]; then ${unpackNode}; else mkdir -p node_modules; fi`));
    await provide("redis-server");
    await provide("bwrap");

    const { version, stderr } = await launch([]);

    expect(version).toBe(process.version);
    expect(stderr).toBe(
      "chargehand: fetching Node 24 into .node/\nchargehand: installing the dependencies of package-lock.json\n",
    );
    expect(await callsOf("npm")).toEqual([
      expect.stringMatching(/^v20\.20\.2 install --prefix .* --ignore-scripts .*node-[a-z0-9-]+@24\.\d+\.\d+$/),
      `${process.version} ci --ignore-scripts --no-audit --no-fund`,
    ]);
  });

  test("says what to do where there is neither Node nor npm", async () => {
    const { exitCode, stderr } = await launch([]);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^chargehand: neither Node 24 nor npm to fetch it was found: install Node 24 or newer .*\n$/,
    );
  });

  test("shows npm's own words when the dependencies cannot be installed, and tries again next time", async () => {
    await symlink(process.execPath, join(bin, "node"));
    await provide("npm", logged(`echo "npm error network"; exit 1`));

    const first = await launch([]);
    await launch([]);

    expect(first.exitCode).toBe(1);
    expect(first.stderr).toContain("npm error network\nchargehand: npm could not install the dependencies.");
    expect(await callsOf("npm")).toHaveLength(2);
  });

  test("of several at the same time one sets up and the others wait for it", async () => {
    await symlink(process.execPath, join(bin, "node"));
    await provide("npm", logged("sleep 1; mkdir -p node_modules"));
    await provide("redis-server");
    await provide("bwrap");

    const starts = await Promise.all([launch([]), launch([]), launch([])]);

    expect(starts.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(await callsOf("npm")).toHaveLength(1);
  });

  test("takes over from a setup that was killed", async () => {
    await symlink(process.execPath, join(bin, "node"));
    await provide("npm", logged("mkdir -p node_modules"));
    await mkdir(join(checkout, ".cache/setup.lock"), { recursive: true });
    await writeFile(join(checkout, ".cache/setup.lock/pid"), "999999999\n");

    expect(await launch([])).toMatchObject({ exitCode: 0 });
  });
});

describe("Redis and bubblewrap", () => {
  beforeEach(async () => {
    await symlink(process.execPath, join(bin, "node"));
    await provide("npm", "mkdir -p node_modules");
  });

  test("OPS-01 are unpacked from Debian packages into .tools, with a wrapper only where libraries must be shown", async () => {
    await provide("apt-get", logged(fakeAptGet));
    await provide("dpkg", fakeDpkg);

    const { path, stderr } = await launch([]);

    expect(stderr).toMatch(/fetching redis-server into \.tools\/\n.*fetching bwrap into \.tools\/\n$/);
    expect(path).toBe(`${bin}:${join(checkout, ".tools/bin")}`);
    expect(await run(join(checkout, ".tools/bin/redis-server"), ["--port", "0"])).toMatchObject({
      stdout: expect.stringMatching(/^redis-server --port 0 with .*\/usr\/lib\/x86_64-linux-gnu\n$/),
    });
    expect(await run(join(checkout, ".tools/bin/bwrap"), ["--dev"])).toMatchObject({ stdout: "bwrap --dev with\n" });
    expect(await callsOf("apt-get")).toContainEqual(
      expect.stringMatching(/ download redis-server redis-tools liblzf1$/),
    );
    expect(await launch([])).toMatchObject({ stderr: "" });
  });

  test("that cannot be had are named once with the remedy, and do not keep Chargehand from starting", async () => {
    await provide("dnf");

    const first = await launch([]);
    const second = await launch([]);

    expect(first).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("sudo dnf install valkey") });
    expect(first.stderr).toContain("sudo dnf install bubblewrap");
    expect(second).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("are not asked for where REDIS_URL names a server and bwrap is installed", async () => {
    await provide("bwrap");

    const { stderr } = await launch([], { REDIS_URL: "redis://cache" });

    expect(stderr).toBe("chargehand: installing the dependencies of package-lock.json\n");
  });
});

const unpackNode = `folder=$3/node_modules/\${9%@*}/bin; mkdir -p "$folder"; ln -s "${process.execPath}" "$folder/node"`;

const fakeAptGet = `
while [ "$1" = -o ]; do shift 2; done
case $1 in
  install) [ "$4" != redis-server ] || echo "Inst liblzf1 (3.6-3 Debian [amd64])
Inst libc6 [2.36] (2.37 Debian [amd64])" ;;
  download) shift; for package; do echo "$package" >"$package.deb"; done ;;
esac`;

/** The server does not run without its library; bubblewrap does. */
const fakeDpkg = `
mkdir -p "$3/usr/bin" "$3/usr/lib/x86_64-linux-gnu"
name=$(cat "$2"); [ "$name" != bubblewrap ] || name=bwrap
need=; [ "$name" = bwrap ] || need='[ -n "\${LD_LIBRARY_PATH-}" ] || exit 127'
echo "#!/bin/sh
$need
echo $name \\"\\$@\\" with \\\${LD_LIBRARY_PATH-}" >"$3/usr/bin/$name"
chmod +x "$3/usr/bin/$name"`;

/** Notes each call, with the Node that a script would find, before it does its work. */
function logged(script: string): string {
  return `echo "$(node --version) $*" >>"${directory}/calls.$(echo "\${0##*/}")"\n${script}`;
}

async function callsOf(program: string): Promise<string[]> {
  return (await readFile(join(directory, `calls.${program}`), "utf8")).trim().split("\n");
}

async function provide(name: string, script = ":"): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, name), 0o755);
}

interface LaunchOptions {
  readonly command?: string;
  readonly leading?: readonly string[];
  readonly cwd?: string;
  readonly REDIS_URL?: string;
}

async function launch(given: readonly string[], options: LaunchOptions = {}) {
  const { command = join(checkout, "chargehand"), leading = [], cwd = directory, REDIS_URL = "" } = options;
  const ended = await run(command, [...leading, ...given], { cwd, env: { PATH: bin, REDIS_URL } });
  return { ...ended, ...(ended.stdout.startsWith("{") && JSON.parse(ended.stdout)) };
}

async function run(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: bin }, ...options });
  const exited = new Promise<number | null>((resolve, reject) => child.once("close", resolve).once("error", reject));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exitCode: await exited, stdout, stderr };
}

async function pathOf(name: string): Promise<string> {
  const { stdout } = await run("/bin/sh", ["-c", `command -v ${name}`], { env: process.env });
  return stdout.trim();
}
