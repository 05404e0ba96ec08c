import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { Simulation } from "../../src/agents/engines/simulation.ts";
import type { ChatMessage } from "../../src/emulators/bot-api/chat.ts";
import type { Script } from "../../src/emulators/model-server/script.ts";
import { readLedger } from "../../src/platform/ledger-file.ts";
import { sealedJob, verify } from "../support/evidence.ts";
import { type Installation, offered, patience, runs, startInstallation } from "../support/installation.ts";
import { gitIn } from "../support/project.ts";

const write = (text: string) => ({ write: { path: "price.js", text } });
const once: Simulation = [{ do: [write("exports.price = (cents) => cents;\n")] }];
const twice: Simulation = [
  { onRun: 1, do: [write("exports.price = (cents) => cents;\n")] },
  { do: [write("// In cents.\nexports.price = (cents) => cents;\n")] },
];
const script = runs('codex exec "Fix the price"');

const waiting = { timeout: patience.timeoutMs, interval: 5 };

/** What has happened so far to the only job. */
async function eventsOf({ home }: Installation): Promise<string[]> {
  const [jobId = ""] = await readdir(join(home, "jobs"));
  return (await readLedger(join(home, "jobs", jobId, "ledger.jsonl"))).map(({ event }) => event.type);
}

/** The branch that holds what was accepted. */
function acceptedBranch({ main }: Installation): string {
  return gitIn(main, "branch", "--list", "chargehand/accepted/*", "--format=%(refname:short)");
}

/** The messages below this one that offer a merge. */
function resultsSince({ ann }: Installation, { id: first }: { id: number }): ChatMessage[] {
  const offersMerge = ({ keyboard }: ChatMessage) => keyboard.flat().some(({ text }) => text === "Merge");
  return ann.chat.messages.filter((message) => message.id > first && offersMerge(message));
}

test("LD-06 a reply to the result sends the job back to work with those words, and the new result can be merged", async () => {
  await using shop = await startInstallation({ script, simulation: twice, settings: { limits: { maxIterations: 1 } } });
  const { ann, main } = shop;
  ann.sends("Fix the price");
  const first = await offered(shop, "Merge");

  ann.sends("Say that it is in cents", { replyTo: first });
  await ann.sees("The job goes back to work with your words.", patience);
  const second = await shop.botApi.until(() => resultsSince(shop, first)[0], patience);
  ann.taps(second, "Merge");
  await ann.sees(/Merged into main/, patience);

  const orders = shop.model.requests.map(({ view }) => view?.userText ?? "");
  expect(orders.some((text) => text.includes("asks for changes") && text.includes("Say that it is in cents"))).toBe(
    true,
  );
  expect(ann.chat.message(first.id)?.text).toContain("Ann asked for changes. “Say that it is in cents”");
  expect(ann.chat.message(first.id)?.keyboard).toEqual([]);
  expect(await readFile(join(main, "price.js"), "utf8")).toMatch(/^\/\/ In cents\./);
  const { exitCode, stdout } = await verify(shop, await sealedJob(shop, "merged"), "--repository", main);
  expect(stdout).toContain("(done) is sound");
  expect(exitCode).toBe(0);
});

test("LD-06 GT-17 the work that was sent back is never shown as a new result: it goes on until something has changed", async () => {
  const atLast: Simulation = [
    { onRun: 1, do: [write("exports.price = (cents) => cents;\n")] },
    { onRun: 2, do: [{ say: "It is in cents already." }] },
    { do: [write("// In cents.\nexports.price = (cents) => cents;\n")] },
  ];
  await using shop = await startInstallation({ script, simulation: atLast });
  const { ann } = shop;
  ann.sends("Fix the price");
  const first = await offered(shop, "Merge");

  ann.sends("Say that it is in cents", { replyTo: first });
  await shop.botApi.until(() => resultsSince(shop, first).length > 0, patience);

  const orders = shop.model.requests.map(({ view }) => view?.userText ?? "");
  expect(orders.some((text) => text.includes("Nothing was changed since a person asked for changes."))).toBe(true);
  expect(resultsSince(shop, first)).toHaveLength(1);
  expect(gitIn(shop.main, "show", `${acceptedBranch(shop)}:price.js`)).toMatch(/^\/\/ In cents\./);
});

test("LD-06 GT-17 where nothing comes of a wish for changes the job ends as rejected, and the work is kept", async () => {
  await using shop = await startInstallation({ script, simulation: once, settings: { limits: { maxIterations: 1 } } });
  const { ann, main } = shop;
  ann.sends("Fix the price");
  const first = await offered(shop, "Merge");

  ann.sends("Say that it is in cents", { replyTo: first });
  const ending = await ann.sees(/Nothing was changed since a person asked for changes/, patience);
  const directory = await sealedJob(shop, "rejected");
  await shop.stop("SIGTERM");

  expect(ending.text).toContain("Rejected");
  expect(resultsSince(shop, first)).toEqual([]);
  const kept = gitIn(main, "show", `refs/chargehand/recovery/${directory.slice(-8)}:price.js`);
  expect(kept).toContain("(cents) => cents;");
  expect((await verify(shop, directory, "--repository", main)).exitCode).toBe(0);
});

test("LD-06 a wish for changes that a crash met is carried out when the daemon is back", async () => {
  // The crash may meet the engine, too: then a sensible orchestrator orders it again.
  const again: Script = (request, signal) => {
    const isCutOff = request.toolResults.at(-1)?.text.startsWith("interrupted") ?? false;
    return script({ ...request, turnOfPrompt: isCutOff ? 0 : request.turnOfPrompt }, signal);
  };
  await using shop = await startInstallation({ script: again, simulation: twice });
  const { ann } = shop;
  ann.sends("Fix the price");
  const first = await offered(shop, "Merge");
  ann.sends("Say that it is in cents", { replyTo: first });
  await ann.sees("The job goes back to work with your words.", patience);

  await shop.stop("SIGKILL");
  await shop.start("up");
  const second = await shop.botApi.until(() => resultsSince(shop, first)[0], patience);

  expect(second.text).toContain("All checks passed");
  expect(gitIn(shop.main, "show", `${acceptedBranch(shop)}:price.js`)).toMatch(/^\/\/ In cents\./);
});

test("LD-02 GT-19 a branch that was moved behind our back is not merged, and is merged once it is put back", async () => {
  await using shop = await startInstallation({ script, simulation: once });
  const { ann, main } = shop;
  ann.sends("Fix the price");
  const result = await offered(shop, "Merge");
  const branch = acceptedBranch(shop);
  const accepted = gitIn(main, "rev-parse", branch);
  gitIn(main, "branch", "--force", branch, "main");

  ann.taps(result, "Merge");
  const refusal = await ann.sees(/was moved to/, patience);
  expect(gitIn(main, "rev-list", "--count", "main")).toBe("1");
  gitIn(main, "branch", "--force", branch, accepted);
  const again = await shop.botApi.until(
    () => ann.chat.messages.findLast(({ id, keyboard }) => id > result.id && keyboard.length > 0),
    patience,
  );
  ann.taps(again, "Merge");
  await ann.sees(/Merged into main/, patience);

  expect(refusal.text).toContain(`git branch --force ${branch} ${accepted}`);
  expect(gitIn(main, "rev-parse", "main^2")).toBe(accepted);
});

test("GT-19 at the start what the ledger calls accepted must be in git: else the job is blocked, its work is kept", async () => {
  await using shop = await startInstallation({ script, simulation: once });
  const { ann, main } = shop;
  ann.sends("Fix the price");
  const result = await offered(shop, "Merge");
  await shop.stop("SIGTERM");
  gitIn(main, "branch", "--delete", "--force", acceptedBranch(shop));

  await shop.start("up");
  const ending = await ann.sees(/is gone, so what was accepted cannot be merged/, patience);
  await shop.botApi.until(() => ann.chat.message(result.id)?.keyboard.length === 0, patience);
  const directory = await sealedJob(shop, "blocked");
  await shop.stop("SIGTERM");

  expect(ending.text).toContain("Blocked");
  expect(gitIn(main, "show", `refs/chargehand/recovery/${directory.slice(-8)}:price.js`)).toContain(
    "(cents) => cents;",
  );
});

test("GT-19 GT-20 a job whose ledger was altered while nobody looked is not offered for a merge, and others go on", async () => {
  await using shop = await startInstallation({ script, simulation: once });
  const { ann, main } = shop;
  ann.sends("Fix the price");
  const result = await offered(shop, "Merge");
  const directory = await sealedJob(shop, "approval_requested");
  await shop.stop("SIGTERM");
  const path = join(directory, "ledger.jsonl");
  await writeFile(path, (await readFile(path, "utf8")).replace('"insertions":1', '"insertions":0'));

  await shop.start("up");
  ann.taps(result, "Merge");
  ann.sends("Fix it again");
  await shop.botApi.until(() => resultsSince(shop, result)[0], patience);

  expect(gitIn(main, "rev-list", "--count", "main")).toBe("1");
  expect((await verify(shop, directory)).stdout).toMatch(/ledger\.jsonl:\d+: It does not follow the line before it/);
});

test("LD-05 two taps, a crash between them and a restart make one merge", async () => {
  await using shop = await startInstallation({ script, simulation: once });
  const { ann, main } = shop;
  ann.sends("Fix the price");
  const result = await offered(shop, "Merge");

  ann.taps(result, "Merge");
  await vi.waitFor(async () => expect(await eventsOf(shop)).toContain("approval_settled"), waiting);
  await shop.stop("SIGKILL");
  ann.taps(result, "Merge", { stale: true });
  await shop.start("up");
  await ann.sees(/Merged into main/, patience);
  const directory = await sealedJob(shop, "merged");

  expect(gitIn(main, "rev-list", "--merges", "--count", "main")).toBe("1");
  expect((await verify(shop, directory, "--repository", main)).exitCode).toBe(0);
});
