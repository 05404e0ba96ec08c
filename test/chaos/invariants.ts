import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isTerminal, type JobState } from "../../src/core/job.ts";
import { hiddenFolder } from "../../src/daemon/bins.ts";
import { runningWith } from "../support/processes.ts";
import { gitIn, visibleIn } from "../support/project.ts";
import { partsOf, type Town, type TownDaemon, type TownProject } from "./town.ts";

export interface Circumstances {
  readonly states: readonly JobState[];
  readonly jobsOrdered: number;
  /** A flush takes the bot's memory of what it has said: then a word may come twice, but none may be missing. */
  readonly wasFlushed: boolean;
}

/** What must be true of a town at rest, whatever was killed. Each lie is a sentence. */
export async function lies(town: Town, circumstances: Circumstances): Promise<string[]> {
  const { states, jobsOrdered } = circumstances;
  const open = states.filter(({ status }) => !isTerminal(status));
  return [
    ...(states.length === jobsOrdered ? [] : [`${jobsOrdered} jobs were ordered and ${states.length} exist.`]),
    ...open.map(({ id, status }) => `Job ${id} has not ended; it is ${status}.`),
    ...states.filter(({ status }) => status !== "done").map(({ id, reason }) => `Job ${id} did not succeed: ${reason}`),
    ...states.flatMap((job) => mergeLies(town, job)),
    ...(await homeLies(town)),
    ...(await Promise.all(town.daemons.map(commandLies))).flat(),
    ...states.flatMap((job) => wordLies(town, job, circumstances)),
    ...(await leftovers(town)),
  ];
}

function mergeLies({ projects }: Town, job: JobState): string[] {
  const main = projects.find(({ name }) => name === job.submission.project)?.main ?? "";
  const found = gitIn(main, "log", "main", "--merges", "--format=%H", `--grep=Chargehand-Job: ${job.id}`);
  const merges = found.split("\n").filter(Boolean);
  const wanted = job.outcome === "merged" ? 1 : 0;
  if (merges.length !== wanted) return [`Job ${job.id} (${job.outcome}) has ${merges.length} merges in main.`];
  if (job.accepted === undefined) return [];
  const kept = job.outcome === "merged" ? "refs/heads/main" : `refs/chargehand/recovery/${job.id}`;
  const holders = gitIn(main, "for-each-ref", "--format=%(refname)", "--contains", job.accepted.commit);
  return holders.split("\n").includes(kept) ? [] : [`Accepted commit of job ${job.id} is lost: not in ${kept}.`];
}

/** A job is one home's, whichever of its daemons have been killed. */
async function homeLies({ daemons }: Town): Promise<string[]> {
  const all = (await Promise.all(daemons.map(({ home }) => readdir(join(home, "jobs"))))).flat();
  return all.filter((id, index) => all.indexOf(id) !== index).map((id) => `Job ${id} has a ledger in two homes.`);
}

/** A call that was carried out to its end has one line with how it ended. */
async function commandLies({ home }: TownDaemon): Promise<string[]> {
  const log = await readFile(join(home, "run_repo_command.log"), "utf8").catch(() => "");
  const finished = new Map<string, number>();
  for (const line of log.split("\n")) {
    const [, callId] = /"callId":"([^"]+)".*"durationMs":/.exec(line) ?? [];
    if (callId !== undefined) finished.set(callId, (finished.get(callId) ?? 0) + 1);
  }
  return [...finished].filter(([, times]) => times > 1).map(([id, times]) => `Command ${id} finished ${times} times.`);
}

/** What the bot says of a message whose first try may have arrived: that one, if it did, nobody can find again. */
const label = "sent again";
/** How a merged job's last word begins, alone or together with others. */
const ending = /^(?:✓ Merged|\d+ jobs have ended)/;

/** The newest card tells the truth, the result is told once unless it says that it may be twice, and no question is open. */
function wordLies({ ann, botApi }: Town, job: JobState, { wasFlushed }: Circumstances): string[] {
  const said = ann.chat.messages.filter(({ from, text }) => from.id === botApi.bot.id && text.includes(job.id));
  const card = said.findLast(({ silent }) => silent);
  const question = said.findLast(({ silent, text }) => !silent && !ending.test(text));
  const word = job.outcome === "merged" ? "Merged" : "Discarded";
  const endings = said.filter(({ silent, text }) => !silent && ending.test(text) && !/chose Merge/.test(text));
  const wanted = job.outcome === "merged" ? 1 : 0;
  const certain = endings.filter(({ versions }) => !versions.some(({ text }) => text.includes(label)));
  const isTold = endings.length >= wanted && (wasFlushed || certain.length <= 1);
  const buttons = [card, question].flatMap((message) => message?.keyboard.flat() ?? []);
  const open = buttons.find(({ text }) => /Merge|Allow|Cancel/.test(text));
  return [
    ...(card?.text.includes(word) ? [] : [`The card of job ${job.id} says: ${card?.text.split("\n")[0]}`]),
    ...(isTold ? [] : [`The end of job ${job.id} was told ${endings.length} times.`]),
    ...(open === undefined ? [] : [`Job ${job.id} has ended and still offers ${open.text}.`]),
  ];
}

async function leftovers(town: Town): Promise<string[]> {
  const { folder, daemons, projects } = town;
  const own = new Set(Object.values(partsOf(town)).map(({ pid }) => pid));
  const homes = await Promise.all(daemons.map(leftInHome));
  const left = [
    { processes: runningWith(folder).filter((pid) => !own.has(pid)) },
    ...(await Promise.all(projects.map(leftInProject))),
    ...homes,
  ];
  return left.flatMap((kinds) =>
    Object.entries(kinds).flatMap(([kind, found]) =>
      found.length === 0 ? [] : [`Left over, ${kind}: ${found.join(", ")}`],
    ),
  );
}

async function leftInProject({ baseDir, main }: TownProject): Promise<Record<string, string[]>> {
  const refs = gitIn(main, "for-each-ref", "--format=%(refname)", "refs/chargehand/base");
  return {
    worktrees: (await visibleIn(baseDir)).filter((name) => name !== "main"),
    refs: refs.split("\n").filter(Boolean),
    locks: (await readdir(join(main, ".git"), { recursive: true })).filter((name) => name.endsWith(".lock")),
  };
}

async function leftInHome(daemon: TownDaemon): Promise<Record<string, string[]>> {
  const jobs = join(daemon.home, "jobs");
  const places = await Promise.all(
    (await readdir(jobs)).map(async (id) =>
      (await readdir(join(jobs, id)))
        .filter((name) => /\.git$|^checkouts$|^workspace-ready$/.test(name))
        .map((name) => `${id}/${name}`),
    ),
  );
  const pairs = await Promise.all(daemon.projects.map((project) => unpaired(daemon.home, project)));
  return {
    places: places.flat(),
    removed: [...(await names(join(daemon.home, "removed"))), ...pairs.flatMap(({ removed }) => removed)],
    halves: pairs.flatMap(({ halves }) => halves),
  };
}

/** Removed folders that are still there, and halves of the pairs that wait for a job without their other half. */
async function unpaired(
  home: string,
  { name, baseDir }: TownProject,
): Promise<{ removed: string[]; halves: string[] }> {
  const hidden = hiddenFolder(home, { baseDir });
  const [folders, trees] = [await names(join(home, "pool", name)), await names(join(hidden, "pool"))];
  return {
    removed: await names(join(hidden, "removed")),
    halves: [...new Set(folders).symmetricDifference(new Set(trees))],
  };
}

const names = (path: string) => readdir(path).catch(() => [] as string[]);
