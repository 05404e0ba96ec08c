import { execFileSync } from "node:child_process";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { JobEvent } from "../../src/core/event.ts";
import { LedgerFile, readIntact, readLedger } from "../../src/platform/ledger-file.ts";
import { temporaryFolder } from "../support/project.ts";

const event = (reason: string): JobEvent => ({ type: "interrupted", reason });
const jobId = "aaaa1111";

async function written(path: string, ...reasons: string[]): Promise<void> {
  const { ledger } = await LedgerFile.open(path, jobId);
  await using file = ledger;
  for (const reason of reasons) await file.append(event(reason), { durable: true });
}

test("DU-13 entries are numbered without gaps and chained, across openings", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "ledger.jsonl");
  await written(path, "one", "two");
  await written(path, "three");

  const entries = await readLedger(path);

  expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  expect(entries.map(({ event }) => event)).toEqual([event("one"), event("two"), event("three")]);
  expect(new Set(entries.map(({ previous }) => previous)).size).toBe(3);
});

test("DU-03 a last line torn by a crash is dropped, and the next one takes its place", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "ledger.jsonl");
  await written(path, "one");
  await appendFile(path, '{"jobId":"aaaa1111","sequen');

  await written(path, "two");

  expect((await readLedger(path)).map(({ event }) => event)).toEqual([event("one"), event("two")]);
});

test("GT-20 a changed byte in the middle is found, and the file is left as it is", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "ledger.jsonl");
  await written(path, "one", "two", "three");
  const altered = (await readFile(path, "utf8")).replace('"two"', '"twO"');
  await writeFile(path, altered);

  await expect(LedgerFile.open(path, jobId)).rejects.toThrow(/was altered at line 3/);
  expect(await readFile(path, "utf8")).toBe(altered);
});

test("DU-03 a disk that takes half a line leaves whole lines only, and a line that fits comes next", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "ledger.jsonl");
  const program = join(import.meta.dirname, "support/full-disk.ts");

  // Two blocks of 1,024 bytes are all that fits: bash counts so.
  const said = execFileSync("bash", ["-c", `ulimit -f 2; exec "$0" "$1" "$2"`, process.execPath, program, path]);

  const [failure = "", ...others] = JSON.parse(String(said)) as string[];
  expect(failure).toMatch(/ledger of job aaaa1111 cannot be written \(EFBIG\)/);
  expect(others).toEqual([]);
  const entries = await readLedger(path);
  expect(entries.at(-1)?.event).toEqual(event("short"));
  expect(entries.length).toBeGreaterThan(2);
});

test("GT-20 of an altered ledger the part before the alteration can still be read", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "ledger.jsonl");
  await written(path, "one", "two", "three");
  await writeFile(path, (await readFile(path, "utf8")).replace('"two"', '"twO"'));

  const { entries, damage } = await readIntact(path);

  expect(entries.map(({ event }) => event)).toEqual([event("one")]);
  expect(damage?.code).toBe("ledger-altered");
});
