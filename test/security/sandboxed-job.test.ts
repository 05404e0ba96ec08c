import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, realpath, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LedgerEntry } from "../../src/core/event.ts";
import { socketPathFor } from "../../src/platform/socket-path.ts";
import { type Installation, patience, prepareInstallation, runs } from "../support/installation.ts";
import { runningWith } from "../support/processes.ts";
import { gitIn, writeFiles } from "../support/project.ts";
import { startWith } from "./support/settings.ts";

const probe = join(import.meta.dirname, "support/probe.mjs");
/** Found again in the command line of what it leaves behind. */
const mark = `${70_000_000 + process.pid}.01`;

test("RC-06 RC-07 RC-09 TG-49 TG-50 an engine that tries everything finds its own worktree and nothing else", async () => {
  await using web = createServer((_, answer) => answer.end()).listen(0, "127.0.0.1");
  await once(web, "listening");
  await using shop = await prepareInstallation({
    script: runs('engine mine "Try everything"', "cat link", "cat own.txt"),
    environment: { CLAUDECODE: "1", MINE_KEY: "for-the-engine-1", DEPLOY_PASSWORD: "not-for-the-engine-2" },
  });
  const { folder, home, main } = shop;
  await writeFiles(folder, bystanders);
  const plan = join(folder, "plan.json");
  await writeFile(plan, JSON.stringify(await planFor(shop, web.address() as AddressInfo)));
  const engine = { kind: "custom", command: [process.execPath, probe, plan], env: ["MINE_KEY"] };
  await startWith(shop, { engines: { mine: engine }, limits: { maxIterations: 1 } });

  shop.ann.sends("Try everything");
  await shop.ann.sees(/[Rr]ejected/, patience);

  const [report = "", link, own] = shop.model.requests.at(-1)?.view?.toolResults.map(({ text }) => text) ?? [];
  expect(report).toContain("Findings: ");
  expect(JSON.parse(/^Findings: (.*)$/m.exec(report)?.[1] ?? "null")).toEqual({
    environment: engineVariables,
    // The path to what it may see, and on it nothing else.
    seen: { [folder]: ["home", "plan.json", "shop"], [home]: ["jobs"], [main]: [".git"] },
    seenOfTheJob: ["engines", "repository.git"],
    reached: [],
    secretsInProcesses: [],
    killed: 0,
    wroteItsGitFile: false,
    wroteItsOwnFile: true,
  });
  expect(link).toMatch(/exit code 1[\s\S]*No such file/);
  expect(own).toBe("exit code 0\nx");
  await expectNothingChanged(shop);
  expect(runningWith(mark)).toEqual([]);
});

/** Files of a person, of another task and of another job. */
const bystanders = {
  ".ssh/id_ed25519": "as it was\n",
  "shop/task-bbbb2222/a.txt": "as it was\n",
  "home/jobs/bbbb2222/conversation.json": "as it was\n",
};

async function planFor({ folder, home, main, model, botApi }: Installation, web: AddressInfo) {
  const redis = join(home, "redis");
  await mkdir(redis, { recursive: true, mode: 0o700 });
  const files = Object.keys(bystanders).map((path) => join(folder, path));
  const mine = ["price.js", "new.txt", ".git/config", ".git/refs/heads/main"].map((path) => join(main, path));
  return {
    reads: [...files, folder, home, redis, main, join(home, "run_repo_command.log"), "/root/.ssh", "/home"],
    writes: [...files, ...mine, join(folder, "new.txt"), join(home, "run_repo_command.log")],
    ports: [web.port, Number(new URL(model.origin).port), Number(new URL(botApi.apiRoot).port)],
    sockets: [await socketPathFor(await realpath(redis))],
    secrets: ["not-for-the-engine-2", botApi.token],
    mark,
  };
}

async function expectNothingChanged({ folder, home, main }: Installation): Promise<void> {
  for (const [path, text] of Object.entries(bystanders)) expect(await readFile(join(folder, path), "utf8")).toBe(text);
  expect(existsSync(join(folder, "new.txt"))).toBe(false);
  expect(gitIn(main, "status", "--porcelain")).toBe("");
  expect(gitIn(main, "fsck", "--no-dangling")).toBe("");
  expect(gitIn(main, "branch", "--format=%(refname)")).toBe("refs/heads/main");
  const [jobId = ""] = (await readdir(join(home, "jobs"))).filter((name) => name !== "bbbb2222");
  const ledger = (await readFile(join(home, "jobs", jobId, "ledger.jsonl"), "utf8")).trim().split("\n");
  expect(ledger.map((line) => LedgerEntry.parse(JSON.parse(line)).sequence)).toEqual(ledger.map((_, at) => at + 1));
}

/** All that an engine of the operator's own is given: its key, and nothing that was not decided. */
const engineVariables = [
  ...["CHARGEHAND_GUIDANCE", "CHARGEHAND_RUN"],
  ...["CI", "HOME", "LANG", "LC_ALL", "MINE_KEY", "NO_COLOR", "PATH", "PWD", "TERM", "TMPDIR", "YARN_IGNORE_PATH"],
  ...["npm_config_git", "npm_config_script_shell", "npm_config_update_notifier"],
];
