import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { BotApi } from "../../src/emulators/bot-api/bot-api.ts";
import type { Person } from "../../src/emulators/bot-api/person.ts";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import type { Script } from "../../src/emulators/model-server/script.ts";
import { type ModelServer, startModelServer } from "../../src/emulators/model-server/server.ts";
import { findRedisServer } from "../../src/platform/redis-program.ts";
import { makeProject, temporaryFolder } from "../support/project.ts";
import { Part } from "./part.ts";

/** Bot, daemons and Redis, each a process of its own, with a person, a model and projects around them. */
export interface Town extends AsyncDisposable {
  readonly folder: string;
  readonly botApi: BotApi;
  readonly ann: Person;
  readonly model: ModelServer;
  readonly redis: Part;
  readonly redisPath: string;
  readonly bot: Part;
  readonly daemons: readonly [TownDaemon, ...TownDaemon[]];
  readonly projects: readonly TownProject[];
}

export interface TownDaemon {
  readonly part: Part;
  readonly home: string;
  readonly projects: readonly TownProject[];
}

export interface TownProject {
  readonly name: string;
  readonly baseDir: string;
  /** Its checkout. */
  readonly main: string;
}

export interface TownOptions {
  /** The projects of each daemon; the first project is the one that most orders are for. */
  readonly daemons?: readonly [readonly string[], ...(readonly string[])[]];
  /** Where the homes lie; in the town's own folder if nothing else is said. */
  readonly homesIn?: string | undefined;
}

const cli = join(import.meta.dirname, "../../src/cli.ts");

/** Every part of the work has a file of its own; the check looks at all that are there. */
const files = {
  "parts/first.txt": "first\n",
  "check.mjs": `import { readdirSync, readFileSync } from "node:fs";
for (const name of readdirSync("parts"))
  if (readFileSync("parts/" + name, "utf8").trim() !== name.replace(".txt", "")) process.exit(1);
`,
};

export async function buildTown(
  jobs: number,
  { daemons: holdings = [["shop"]], homesIn }: TownOptions = {},
): Promise<Town> {
  await using opening = new AsyncDisposableStack();
  const { path: folder } = opening.use(await temporaryFolder());
  const botApi = opening.use(await startBotApi());
  const model = opening.use(await startModelServer({ script: leads, apiKey: "sk-test-1234567890" }));
  const projects = await Promise.all(Array.from(new Set(holdings.flat()), (name) => buildProject(folder, name)));
  const simulation = join(folder, "simulation.json");
  await writeFile(simulation, JSON.stringify(Array.from({ length: jobs }, (_, n) => writes(n + 1))));
  const redisFolder = join(folder, "redis");
  await mkdir(redisFolder);
  const redisPath = join(redisFolder, "redis.sock");
  const common = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    TELEGRAM_BOT_TOKEN: botApi.token,
    TELEGRAM_API_ROOT: botApi.apiRoot,
    OPENAI_API_KEY: "sk-test-1234567890",
    OPENAI_BASE_URL: model.url,
    ORCHESTRATOR_MODEL: "openai/gpt-5.5",
    CHARGEHAND_SIMULATION: simulation,
    REDIS_URL: redisPath,
  };
  const part = (argv: readonly [string, ...string[]], ready: string, variables: Record<string, string> = {}) =>
    opening.use(new Part({ argv, cwd: folder, env: { ...common, ...variables }, ready }));
  const place = async (name: string, held: readonly TownProject[]) => {
    const home = join(homesIn ?? folder, `home-${name}`);
    await writeFile(join(folder, `${name}.yaml`), stringify(configurationOf(held)));
    return { home, variables: { CHARGEHAND_HOME: home, CHARGEHAND_CONFIG: join(folder, `${name}.yaml`) } };
  };
  const raise = async (names: readonly string[], index: number): Promise<TownDaemon> => {
    const held = projects.filter(({ name }) => names.includes(name));
    const { home, variables } = await place(`daemon-${index + 1}`, held);
    return { part: part([process.execPath, cli, "daemon"], "daemon ready", variables), home, projects: held };
  };
  const [first, ...others] = holdings;
  const daemons = [
    await raise(first, 0),
    ...(await Promise.all(others.map((it, index) => raise(it, index + 1)))),
  ] as const;
  const redisArgs = ["--port", "0", "--unixsocket", redisPath, "--dir", redisFolder, "--appendonly", "yes"];
  const redis = part([findRedisServer(), ...redisArgs, "--save", ""], "eady to accept connections");
  const bot = part([process.execPath, cli, "bot"], "bot ready", (await place("bot", projects)).variables);
  const ann = botApi.person({ id: 1001, firstName: "Ann" });
  const scope = opening.move();
  return {
    ...{ folder, botApi, ann, model, redis, redisPath, bot, daemons, projects },
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

async function buildProject(folder: string, name: string): Promise<TownProject> {
  const baseDir = join(folder, name);
  await makeProject(baseDir, files);
  return { name, baseDir, main: join(baseDir, "main") };
}

function configurationOf(projects: readonly TownProject[]) {
  const checks = { test: [{ label: "parts", cmd: "node check.mjs" }] };
  return {
    access: { owners: [1001] },
    projects: Object.fromEntries(projects.map(({ name, baseDir }) => [name, { baseDir, checks }])),
    limits: { concurrency: 4, perProject: 4, retryPause: "1s", retries: 50, flakeRuns: 1 },
  };
}

/** Every process that can be killed, by its name. */
export function partsOf({ redis, bot, daemons }: Town): Readonly<Record<string, Part>> {
  const numbered = daemons.map(({ part }, index) => [`daemon ${index + 1}`, part] as const);
  return { redis, bot, ...Object.fromEntries(numbered) };
}

/** What a job is ordered with, and what its engine then does. Where there are two projects, every third order is for the other. */
export function orderText(number: number, projects: readonly TownProject[] = []): string {
  const [usual, other] = projects;
  const project = number % 3 === 2 && other !== undefined ? other : usual;
  return `${project === undefined ? "" : `${project.name}: `}Write part ${number} of the parts`;
}

function writes(number: number) {
  const step = { write: { path: `parts/${number}.txt`, text: `${number}\n` } };
  return { when: `part ${number} of`, do: [{ say: "Looking." }, { sleepMs: 60 }, step, { say: "Written." }] };
}

/** The orchestrator: it repeats what was interrupted and what an engine failed at, and asks for leave in every third job. */
const leads: Script = ({ instructions, userText, toolResults }) => {
  const worktree = /^- (task-[a-z0-9]+):/m.exec(instructions)?.[1] ?? "?";
  const number = Number(/part (\d+) of/.exec(userText)?.[1] ?? 0);
  const steps = [
    "git log --oneline",
    ...(number % 3 === 0 ? ["git clean -fdx"] : []),
    `codex exec "Write part ${number} of the parts"`,
    "git add -A",
    `git commit -m "Part ${number}"`,
  ];
  const done = toolResults.filter(({ text }) => !/^(?:interrupted|codex failed:)/.test(text)).length;
  const next = steps[done];
  return next === undefined
    ? { text: `Part ${number} is written.` }
    : { toolCalls: [{ name: "run_repo_command", arguments: { worktree, command: next } }] };
};

/** The ledger of a job as the disk has it, whole lines only. */
export async function ledgerText(home: string, jobId: string): Promise<string> {
  const text = await readFile(join(home, "jobs", jobId, "ledger.jsonl"), "utf8").catch(() => "");
  return text.slice(0, text.lastIndexOf("\n") + 1);
}
