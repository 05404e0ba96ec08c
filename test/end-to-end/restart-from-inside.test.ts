import { chmod, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLedger } from "../../src/platform/ledger-file.ts";
import { type Installation, offered, patience, prepareInstallation, runs } from "../support/installation.ts";

const settings = { engines: { mine: { kind: "custom", command: ["./engine.sh"] } } };
const fix = `echo "exports.price = (cents) => cents;" > price.js`;

test("TG-42 an engine cannot end the daemon that runs it, and its job comes to its result", async () => {
  await using shop = await prepareInstallation({ script: runs('engine mine "Restart the daemon"'), settings });
  await engine(shop, "exit 1");
  await shop.start("up");
  const daemon = shop.pid();
  await engine(
    shop,
    `kill -TERM ${daemon} 2>/dev/null && echo "The daemon was hit."
${fix}
kill -TERM -1
echo "Asked everybody to end."`,
  );

  shop.ann.sends("Restart the daemon");
  await offered(shop, "Merge");

  const [told] = shop.model.requests.at(-1)?.view?.toolResults.map(({ text }) => text) ?? [];
  expect(told).toContain("Asked everybody to end.");
  expect(told).not.toContain("The daemon was hit.");
  expect(process.kill(daemon, 0)).toBe(true);
  expect(shop.log()).not.toContain("daemon stopping");
});

test("TG-42 a daemon that is told to stop by its own job's doing stops, says so, and brings the answer when it is back", async () => {
  const script = runs('engine mine "Restart the daemon"', 'engine mine "Go on"');
  await using shop = await prepareInstallation({ script, settings });
  await engine(
    shop,
    `if [ -e "$HOME/asked" ]; then ${fix}; echo "Went on."; exit; fi
touch "$HOME/asked"
trap '' TERM INT HUP
echo "Restarting it now."
while :; do sleep 1; done`,
  );
  await shop.start("up");
  shop.ann.sends("Restart the daemon");
  await shop.ann.sees("Restarting it now.", patience);

  const exitCode = await shop.stop("SIGTERM");
  const events = await ledgerOf(shop);
  await shop.start("up");
  await offered(shop, "Merge");

  expect(exitCode).toBe(0);
  expect(events.at(-1)).toMatchObject({
    type: "interrupted",
    reason: expect.stringContaining("goes on when it is back"),
  });
  const tool = shop.model.requests.at(-1)?.view?.toolResults.map(({ text }) => text) ?? [];
  expect(tool).toEqual([expect.stringMatching(/^interrupted/), expect.stringContaining("Went on.")]);
  const offers = shop.ann.chat.messages.filter(({ keyboard }) => keyboard.flat().some(({ text }) => text === "Merge"));
  expect(offers).toHaveLength(1);
});

async function engine({ folder }: Installation, script: string): Promise<void> {
  const path = join(folder, "engine.sh");
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

async function ledgerOf({ home }: Installation) {
  const [jobId = ""] = await readdir(join(home, "jobs"));
  return (await readLedger(join(home, "jobs", jobId, "ledger.jsonl"))).map(({ event }) => event);
}
