import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pendingApprovals } from "../../src/core/job.ts";
import { type Installation, runs, startInstallation } from "../support/installation.ts";
import { startTracker, type TrackerAtWork } from "../support/tracker-at-work.ts";
import { until } from "../support/until.ts";
import { chargehandHere } from "./support/in-process.ts";
import { flawsOf } from "./support/published.ts";

const commit = ["git add -A", 'git commit -m "Do it"'];
const tidy = runs('codex exec "Fix the price"', "git clean -fd", "git clean -fdx", ...commit);
const round = runs('codex exec "Round it"', ...commit);
const note = runs('codex exec "Write the note"', ...commit);
/** As often as it is stopped and goes on. */
const waiting = runs(...Array.from({ length: 20 }, () => "sleep 600"));

/** A job has several processes' work in it, and the machine may have other work. */
const slow = { timeoutMs: 120_000 };

const simulation = [
  { when: "price", do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }] },
  { when: "round", do: [{ write: { path: "price.js", text: "exports.price = (cents) => Math.round(cents);\n" } }] },
  { when: "note", do: [{ write: { path: "NOTE.md", text: "It is noted.\n" } }] },
];

describe("OPS-03 what an installation at work prints for programs", () => {
  let shop: Installation;
  let tracker: TrackerAtWork;
  beforeAll(async () => {
    shop = await startInstallation({
      script: (request, signal) => {
        if (request.userText.includes("in the issue")) return waiting(request, signal);
        if (request.userText.includes("Write the note")) return note(request, signal);
        return (request.userText.includes("Round it") ? round : tidy)(request, signal);
      },
      simulation,
      settings: { policy: { "sleep 600": "allow" } },
    });
    tracker = await startTracker(shop);
  });
  afterAll(async () => {
    await tracker?.[Symbol.asyncDispose]();
    await shop?.[Symbol.asyncDispose]();
  });

  /** The exit code, and what the one document is not as published. */
  const outcomeOf = async (...argv: string[]) => {
    const { exitCode, stdout } = await chargehandHere([...argv, "--json"], {
      ...{ environment: shop.environment, cwd: shop.folder },
    });
    const document = JSON.parse(stdout);
    return { exitCode, document, flaws: flawsOf(argv[0] ?? "", document) };
  };
  const well = { exitCode: 0, flaws: [] };
  const asks = (jobId: string, type: string) =>
    until(async () => {
      const state = await tracker.desk.job(jobId);
      return state !== undefined && pendingApprovals(state).some(({ subject }) => subject.type === type);
    }, slow);
  const ordered = async (text: string): Promise<string> =>
    (await outcomeOf("submit", text, "--project", "shop")).document.jobId;

  test("OPS-03 approve, deny, change and merge --json are as docs/command-line.json says", async () => {
    const jobId = await ordered("Fix the price");

    await asks(jobId, "command");
    expect(await outcomeOf("approve", jobId)).toMatchObject({ ...well, document: { id: jobId } });
    await asks(jobId, "command");
    expect(await outcomeOf("deny", jobId, "--advice", "Keep the rest.")).toMatchObject(well);
    await asks(jobId, "merge");
    expect(await outcomeOf("change", jobId, "Round it.")).toMatchObject(well);
    await asks(jobId, "merge");
    expect(await outcomeOf("merge", jobId)).toMatchObject({ ...well, document: { outcome: "merged" } });
  });

  test("OPS-03 discard, run and recover --json are as docs/command-line.json says", async () => {
    const jobId = await ordered("Write the note");

    await asks(jobId, "merge");
    expect(await outcomeOf("discard", jobId)).toMatchObject({ ...well, document: { outcome: "discarded" } });
    const ran = await outcomeOf("run", "Write the note now", "--project", "shop", "--yes");
    expect(ran).toMatchObject({ ...well, document: { status: "done", outcome: "merged" } });
    expect(await outcomeOf("recover")).toMatchObject(well);
  });

  test("OPS-03 TR-08 keep and take --json are as docs/command-line.json says", async () => {
    tracker.memory.opens({ id: "7", title: "Look", description: "There is more in the issue." });
    await tracker.wake();
    const job = await until(async () => (await tracker.desk.jobs()).find(({ status }) => status === "running"));
    const edited = async (description: string) => {
      tracker.memory.edits("7", { description });
      await tracker.wake();
      await asks(job.id, "task_changed");
    };

    await edited("Still more in the issue.");
    expect(await outcomeOf("keep", job.id)).toMatchObject({ ...well, document: { id: job.id } });
    await edited("Most of it in the issue.");
    expect(await outcomeOf("take", job.id)).toMatchObject(well);
  });
});
