import { LedgerFile } from "../../../src/platform/ledger-file.ts";

// A process whose files may not grow beyond its limit: it appends until it is told that it cannot, then a short line.
const [, , path = ""] = process.argv;
process.on("SIGXFSZ", () => {});
const { ledger } = await LedgerFile.open(path, "aaaa1111");
await using file = ledger;
const failures: string[] = [];
while (failures.length === 0) {
  await file
    .append({ type: "interrupted", reason: "x".repeat(500) }, { durable: true })
    .catch((error: Error) => failures.push(error.message));
}
await file
  .append({ type: "interrupted", reason: "short" }, { durable: true })
  .catch((error: Error) => failures.push(error.message));
process.stdout.write(JSON.stringify(failures));
