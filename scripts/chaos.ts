import { parseArgs } from "node:util";
import { runCampaign } from "../test/chaos/campaign.ts";
import { againWithSmallDisk, diskVariable } from "../test/chaos/small-disk.ts";

// npm run chaos -- --seed 7 --kills 100 --jobs 20 --json
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 100_000) },
    kills: { type: "string", default: "50" },
    jobs: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const kills = Number(values.kills);
const jobs = Number(values.jobs ?? Math.max(2, Math.ceil(kills / 5)));
const startedAt = Date.now();
const say = (line: string) => process.stderr.write(`${line}\n`);
const disk = process.env[diskVariable];
if (disk === undefined) {
  const exitCode = await againWithSmallDisk();
  if (exitCode !== undefined) process.exit(exitCode);
  say("No bubblewrap can mount a small disk here, so the disk is never full.");
}
const outcome = await runCampaign({ seed, kills, jobs, disk, onProgress: say });

if (values.json) process.stdout.write(`${JSON.stringify(outcome, undefined, 2)}\n`);
else {
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  say(`seed ${seed}: ${kills} kills over ${jobs} jobs in ${seconds} s`);
  for (const [name, times] of Object.entries(outcome.survived).toSorted(([a], [b]) => a.localeCompare(b))) {
    say(`  ${String(times).padStart(4)} × ${name}`);
  }
  say(
    `  faults: ${Object.entries(outcome.faults)
      .map(([name, times]) => `${times} × ${name}`)
      .join(", ")}`,
  );
  for (const lie of outcome.lies) say(`✗ ${lie}`);
  if (outcome.lies.length === 0) say("✓ nothing was lost, nothing was done twice, nothing was left over");
}
process.exitCode = outcome.lies.length === 0 ? 0 : 1;
