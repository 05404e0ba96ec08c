// `npm run bench [-- --json] [id …]`: every figure beside what it is measured against, in the same run.
import { cpus } from "node:os";
import { type BenchRow, isKept, ratioOf } from "./row.ts";

const benches: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  "P-01": async () => (await import("./update.ts")).updateToHandler(),
  "P-02": async () => (await import("./queue.ts")).queueToWorker(),
  "P-03": async () => (await import("./whole-path.ts")).wholePath(),
  "P-05": async () => (await import("./worktree.ts")).worktrees(),
  "P-07": async () => (await import("./harness.ts")).harness(),
  "P-12": async () => (await import("./gate.ts")).gate(),
  "P-13": async () => (await import("./process.ts")).bench(),
  "P-13s": async () => (await import("./sandbox.ts")).bench(),
  "P-15": async () => (await import("./output.ts")).bench(),
  "P-16": async () => (await import("./secrets.ts")).bench(),
  "P-18": async () => (await import("./throughput.ts")).throughput(),
  "P-19": async () => (await import("./backlog.ts")).backlog(),
  "BOT-03": async () => (await import("./tap.ts")).tapToAnswer(),
  "DU-03": async () => (await import("./recovery.ts")).recovery(),
  "DU-09": async () => (await import("./stop.ts")).stop(),
  "P-21": async () => (await import("./start.ts")).startAndIdle(),
  "P-23": async () => (await import("./staleness.ts")).staleness(),
  TR: async () => (await import("./tracker.ts")).trackers(),
};

const words = process.argv.slice(2);
const wanted = words.filter((word) => word !== "--json");
const rows: BenchRow[] = [];
for (const [id, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(id)) continue;
  process.stderr.write(`${id} …\n`);
  rows.push(...(await bench()));
}
process.stdout.write(words.includes("--json") ? `${JSON.stringify(rows)}\n` : table(rows));
process.exit(rows.every(isKept) ? 0 : 1);

function table(lines: readonly BenchRow[]): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.versions.node}`;
  const head = [
    "| row | what | ours | beside | ratio | target | kept |",
    "| --- | --- | --- | --- | --- | --- | --- |",
  ];
  return [`${machine}`, "", ...head, ...lines.map(line), ""].join("\n");
}

function line(row: BenchRow): string {
  const ratio = ratioOf(row);
  const beside = row.baseline === undefined ? "" : `${row.baseline.name}: ${figure(row.baseline.value)} ${row.unit}`;
  const cells = [
    row.id,
    row.name,
    `${figure(row.ours)} ${row.unit}`,
    beside,
    ratio === undefined ? "" : multiple(ratio),
    targetOf(row),
  ];
  return `| ${[...cells, isKept(row) ? "✓" : "✗"].join(" | ")} |`;
}

function targetOf({ target, unit }: BenchRow): string {
  if ("atLeast" in target) return `≥ ${target.atLeast} ${unit}`;
  return "value" in target ? `≤ ${target.value} ${unit}` : `≤ ${multiple(target.ratio)}`;
}

/** What is many times faster is said so: a hundredth of the time, not 0.01 of it. */
function multiple(ratio: number): string {
  return ratio < 0.05 ? `1/${Math.round(1 / ratio)}` : `${ratio.toFixed(2)}×`;
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
