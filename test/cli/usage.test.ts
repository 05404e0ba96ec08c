import { resolve } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";

const cli = resolve(import.meta.dirname, "../../src/cli.ts");
const chargehand = (...argv: string[]) => execa(process.execPath, [cli, ...argv], { reject: false, timeout: 60_000 });

test("OPS-03 an unknown command is one sentence with the nearest known one, and exits with 2", async () => {
  const { exitCode, stdout, stderr } = await chargehand("stauts");

  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toBe(
    "chargehand: unknown command 'stauts'. Did you mean status? \"chargehand --help\" lists the commands.",
  );
});

test("OPS-03 a value that cannot be read says how to write it, and exits with 2", async () => {
  const { exitCode, stderr } = await chargehand("wait", "7kq2m9xd", "--timeout", "soon");

  expect(exitCode).toBe(2);
  expect(stderr).toContain("Write a duration as a number and a unit: 500ms, 30s, 30m, 24h or 7d");
});

test("OPS-03 a mistyped setting names its place and its remedy, and exits with 2", async () => {
  const env = { CHARGEHAND_HOME: "relative/../../path", REDIS_URL: "mysql://here" };
  const { exitCode, stderr } = await execa(process.execPath, [cli, "status"], { env, reject: false });

  expect(exitCode).toBe(2);
  expect(stderr).toContain("REDIS_URL cannot be used: write redis://host:port, or the path of a socket.");
});

test("help goes to stdout and succeeds", async () => {
  const { exitCode, stdout, stderr } = await chargehand("--help");

  expect(exitCode).toBe(0);
  expect(stderr).toBe("");
  expect(stdout).toContain("Usage: chargehand <command> [options]");
});
