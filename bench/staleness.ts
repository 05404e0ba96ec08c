import { type Record, runCrowd } from "./crowd.ts";
import { quantile } from "./interleave.ts";
import type { Bench, BenchRow } from "./row.ts";

/**
 * The paces at which a chat can be told anything at all give these figures: the p50 and p99, in seconds, of a
 * deterministic simulation without any work between an event and its message.
 */
const scenarios = [
  { name: "100 private chats", chatIds: range(100), progress: [1.7, 2.2], results: [0.03, 1] },
  { name: "1 private chat", chatIds: [1], progress: [2, 2], results: [1, 2] },
  { name: "10 groups", chatIds: range(10).map((id) => -id), progress: [2.9, 6], results: [2, 5.9] },
  { name: "1 group", chatIds: [-1], progress: [6, 6], results: [5.2, 6] },
] as const;

const durationMs = 90_000;

/** P-23: how old what a chat shows is, with 100 jobs, 50 events of progress and 0.8 results a second, in real time. */
export const staleness: Bench = async () => {
  const records = await Promise.all(scenarios.map(({ chatIds }) => runCrowd(chatIds, durationMs)));
  return scenarios.flatMap(({ name, progress, results }, index): BenchRow[] => {
    const record = records[index] as Record;
    const ages = { progress: progressAges(record), result: resultAges(record) };
    const row = (what: keyof typeof ages, share: number, best: number): BenchRow => ({
      id: "P-23",
      name: `${name}: age of ${what}, p${share * 100}`,
      unit: "s",
      ours: quantile(ages[what], share) / 1_000,
      baseline: { name: "simulated", value: best },
      target: { ratio: 1.3 },
    });
    return [
      row("progress", 0.5, progress[0]),
      row("progress", 0.99, progress[1]),
      row("result", 0.5, results[0]),
      row("result", 0.99, results[1]),
      { id: "P-23", name: `${name}: answers 429`, unit: "answers", ours: record.refusals, target: { value: 0 } },
    ];
  });
};

/** Of each message the age of the oldest change that it shows first, and of what was never shown its age at the end. */
function progressAges({ progress, shown, ends, endedAt }: Record): number[] {
  const open = Map.groupBy(progress, ({ jobId }) => jobId);
  const ages: number[] = [];
  for (const { at, text } of shown) {
    let oldest: number | undefined;
    for (const { jobId, number } of toldIn(text)) {
      const waiting = open.get(jobId) ?? [];
      const told = waiting.filter((change) => change.number <= number);
      if (told[0] !== undefined) oldest = Math.min(oldest ?? at, told[0].at);
      open.set(jobId, waiting.slice(told.length));
    }
    if (oldest !== undefined) ages.push(at - oldest);
  }
  const untold = [...open].flatMap(([jobId, [first]]) => (first === undefined || ends.has(jobId) ? [] : [first.at]));
  return untold.length > 0 ? [...ages, endedAt - Math.min(...untold)] : ages;
}

/** Which change of which job a card or an overview shows. */
function toldIn(text: string): { jobId: string; number: number }[] {
  let jobId = "";
  return [...text.matchAll(/\b([0-9a-z]{8})\b|\bedit (\d+)/g)].flatMap(([, id, number]) => {
    if (number !== undefined) return [{ jobId, number: Number(number) }];
    jobId = id ?? jobId;
    return [];
  });
}

/** From each end to the message that rings for it. */
function resultAges({ ends, shown, endedAt }: Record): number[] {
  return [...ends].map(([jobId, at]) => {
    const told = shown.find(({ text, rings }) => rings && text.includes(jobId));
    return (told?.at ?? endedAt) - at;
  });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
