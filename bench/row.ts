/** One line of the benchmark: what we take beside a baseline measured in the same run. */
export interface BenchRow {
  /** As in docs/benchmarks.md: P-03. */
  readonly id: string;
  readonly name: string;
  readonly unit: "ms" | "µs" | "MB" | "jobs/s" | "s" | "answers" | "calls";
  readonly ours: number;
  /** Absent where only a limit of its own is to be kept. */
  readonly baseline?: { readonly name: string; readonly value: number };
  /** What ours may be: a multiple of the baseline, or a value in the row's unit; `atLeast` where more is better. */
  readonly target: { readonly ratio: number } | { readonly value: number } | { readonly atLeast: number };
}

export type Bench = () => Promise<BenchRow[]>;

export function ratioOf({ ours, baseline }: BenchRow): number | undefined {
  return baseline === undefined ? undefined : ours / baseline.value;
}

export function isKept(row: BenchRow): boolean {
  if ("atLeast" in row.target) return row.ours >= row.target.atLeast;
  if ("value" in row.target) return row.ours <= row.target.value;
  return (ratioOf(row) ?? 0) <= row.target.ratio;
}
