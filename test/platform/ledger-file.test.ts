import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { JobEvent } from "../../src/core/event.ts";
import { LedgerFile, readLedger } from "../../src/platform/ledger-file.ts";
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
