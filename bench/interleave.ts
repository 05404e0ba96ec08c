/** Something that is timed, in milliseconds: itself when it returns a number, else by the clock around it. */
export type Timed = () => unknown;

/** Runs all of them in turn, so that whatever disturbs the machine disturbs them alike. The first rounds warm up. */
export async function interleave<K extends string>(
  subjects: Readonly<Record<K, Timed>>,
  { rounds, warmUp = 3 }: { rounds: number; warmUp?: number },
): Promise<Record<K, number[]>> {
  const names = Object.keys(subjects) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const name of names) {
      const startedAt = performance.now();
      const measured = await subjects[name]();
      const elapsed = performance.now() - startedAt;
      if (round >= 0) samples[name].push(typeof measured === "number" ? measured : elapsed);
    }
  }
  return samples;
}

/** The value below which this share of the samples lies: 0.5 is the median. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
