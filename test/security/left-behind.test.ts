import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { patience, prepareInstallation, runs } from "../support/installation.ts";
import { runningWith } from "../support/processes.ts";
import { startWith } from "./support/settings.ts";

test.each<[NodeJS.Signals, number]>([
  ["SIGTERM", 81],
  ["SIGKILL", 82],
])("RC-09 TG-49 nothing that an engine started is alive after a %s of the daemon", async (signal, hundred) => {
  const mark = `${hundred}${process.pid}.01`;
  await using shop = await prepareInstallation({ script: runs('engine mine "Stay"') });
  const engine = join(shop.folder, "engine.sh");
  await writeFile(engine, stubborn(mark));
  await chmod(engine, 0o755);
  await startWith(shop, { engines: { mine: { kind: "custom", command: [engine] } } });
  shop.ann.sends("Stay");
  await shop.ann.sees("I stay.", patience);
  expect(runningWith(mark)).not.toEqual([]);

  await shop.stop(signal);

  await expect.poll(() => runningWith(mark), { timeout: 20_000 }).toEqual([]);
});

/** Listens to no signal, and leaves a session of its own, an orphan and a process without our environment behind. */
function stubborn(mark: string): string {
  return `#!/bin/sh
trap '' TERM INT HUP
setsid sh -c 'trap "" TERM HUP; while :; do sleep ${mark}; done' >/dev/null 2>&1 &
(setsid sh -c '(exec sleep ${mark}) </dev/null >/dev/null 2>&1 &' &)
env -i /usr/bin/setsid /bin/sh -c 'while :; do sleep ${mark}; done' >/dev/null 2>&1 &
echo "I stay."
while :; do sleep ${mark}; done
`;
}
