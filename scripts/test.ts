// `./chargehand test`: lint, types and every test; with --engines also the real coding engines. The last line counts.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { summaryOf, type Tally, tallyOfExit, tallyOfVitest, total } from "./tally.ts";

const checkout = join(import.meta.dirname, "..");
const inModules = (path: string) => join(checkout, "node_modules", path);

process.exitCode = await main();

async function main(): Promise<number> {
  const given = process.argv.slice(2);
  if (given.some((word) => word !== "--engines")) {
    process.stderr.write(
      "Usage: chargehand test [--engines]\n\n" +
        "Lint, types and every test; the last line counts them. --engines tries the real coding engines, too.\n\n" +
        "Exit codes: 0 all passed, 1 not, 2 usage.\n",
    );
    return given.includes("--help") || given.includes("-h") ? 0 : 2;
  }
  const engines = given.includes("--engines");
  const tallies = [
    await check("lint", [inModules("@biomejs/biome/bin/biome"), "check", "."]),
    await check("types", [inModules("typescript/bin/tsc"), "--noEmit"]),
    await tests("tests", []),
    ...(engines ? await engineTests() : []),
  ];
  const all = total(tallies);
  process.stdout.write(`\n${summaryOf(all)}\n`);
  return all.failed === 0 ? 0 : 1;
}

/** The real engines are large, so they are installed only when they are asked for. */
async function engineTests(): Promise<Tally[]> {
  const installed = await check("install the coding engines", [join(checkout, "test/engines/install.ts")]);
  if (installed.failed > 0) return [installed];
  return [installed, await tests("tests of the coding engines", ["--config", "vitest.engines.config.ts"])];
}

async function check(title: string, script: readonly string[]): Promise<Tally> {
  return tallyOfExit(await run(title, script));
}

async function tests(title: string, options: readonly string[]): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), "chargehand-test-"));
  try {
    const report = join(folder, "report.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const exitCode = await run(title, [inModules("vitest/vitest.mjs"), "run", ...reporters, ...options]);
    const text = await readFile(report, "utf8").catch(() => "null");
    return tallyOfVitest(JSON.parse(text), exitCode);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs one of our programs under this Node, which whatever it starts finds as `node` too. */
function run(title: string, script: readonly string[]): Promise<number> {
  process.stdout.write(`\n== ${title}\n`);
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };
  const child = spawn(process.execPath, script, { cwd: checkout, env, stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("close", (exitCode) => resolve(exitCode ?? 1));
  });
}
