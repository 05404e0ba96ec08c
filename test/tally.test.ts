import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { summaryOf, tallyOfExit, tallyOfVitest, total } from "../scripts/tally.ts";

test("OPS-01 what vitest reports is counted, and a file that cannot be loaded is a failure", async () => {
  const folder = await mkdtemp(join(tmpdir(), "chargehand-tally-"));
  const report = join(folder, "report.json");
  await writeFile(
    join(folder, "some.test.js"),
    `test("a", () => {}); test("b", () => {}); test("c", () => { throw new Error("no"); }); test.skip("d", () => {}); test.todo("e");`,
  );
  await writeFile(join(folder, "broken.test.js"), `throw new Error("not even loaded");`);

  const exitCode = await vitest(["run", "--root", folder, "--globals", "--reporter=json", `--outputFile=${report}`]);
  const tally = tallyOfVitest(JSON.parse(await readFile(report, "utf8")), exitCode);

  expect(tally).toEqual({ passed: 2, failed: 2, skipped: 2 });
  await rm(folder, { recursive: true });
});

test("a run that ends badly without a test that failed is a failure", () => {
  const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

  expect(tallyOfVitest(report, 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
});

test("a run that leaves no report is a failure, even if it ends well", () => {
  expect(tallyOfVitest(null, 0).failed).toBe(1);
  expect(tallyOfVitest(null, 1).failed).toBe(1);
});

test("the last line adds everything up", () => {
  const lint = tallyOfExit(0);
  const types = tallyOfExit(2);

  expect(summaryOf(total([lint, types, { passed: 10, failed: 1, skipped: 0 }]))).toBe("11 passed, 2 failed");
  expect(summaryOf(total([lint, { passed: 10, failed: 0, skipped: 3 }]))).toBe("11 passed, 0 failed, 3 skipped");
});

function vitest(args: readonly string[]): Promise<number> {
  const program = join(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error) => resolve(error === null ? 0 : 1));
  });
}
