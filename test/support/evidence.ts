import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, vi } from "vitest";
import { Bundle } from "../../src/core/evidence/bundle.ts";
import { readLedger } from "../../src/platform/ledger-file.ts";
import { type Installation, patience } from "./installation.ts";

const cli = join(import.meta.dirname, "../../src/cli.ts");

/** Runs `chargehand verify` as a person would, in a process of its own. */
export function verify({ folder, environment }: Pick<Installation, "folder" | "environment">, ...args: string[]) {
  return execa(process.execPath, [cli, "verify", ...args], {
    cwd: folder,
    env: environment,
    extendEnv: false,
    reject: false,
    timeout: 60_000,
  });
}

/** The folder of the installation's only job, once its evidence is sealed up to an event of this type. */
export async function sealedJob({ home }: Pick<Installation, "home">, type: string): Promise<string> {
  const jobs = join(home, "jobs");
  return vi.waitFor(
    async () => {
      const [name = ""] = await readdir(jobs);
      const directory = join(jobs, name);
      const { ledger } = Bundle.parse(JSON.parse(await readFile(join(directory, "bundle.json"), "utf8")));
      const entries = await readLedger(join(directory, "ledger.jsonl"));
      expect([ledger.entries, entries.at(-1)?.event.type]).toEqual([entries.length, type]);
      return directory;
    },
    { timeout: patience.timeoutMs, interval: 20 },
  );
}
