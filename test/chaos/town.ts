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

/** Bot, daemon and Redis, each a process of its own, with a person, a model and a project around them. */
export interface Town extends AsyncDisposable {
  readonly folder: string;
  readonly home: string;
  readonly baseDir: string;
  readonly main: string;
  readonly botApi: BotApi;
  readonly ann: Person;
  readonly model: ModelServer;
  readonly parts: Readonly<Record<PartName, Part>>;
  readonly redisPath: string;
}

export type PartName = "bot" | "daemon" | "redis";

const cli = join(import.meta.dirname, "../../src/cli.ts");

/** Every part of the work has a file of its own; the check looks at all that are there. */
const files = {
  "parts/first.txt": "first\n",
  "check.mjs": `import { readdirSync, readFileSync } from "node:fs";
for (const name of readdirSync("parts"))
  if (readFileSync("parts/" + name, "utf8").trim() !== name.replace(".txt", "")) process.exit(1);
`,
};

export async function buildTown(jobs: number, settings: Readonly<Record<string, unknown>> = {}): Promise<Town> {
  await using opening = new AsyncDisposableStack();
  const { path: folder } = opening.use(await temporaryFolder());
  const botApi = opening.use(await startBotApi());
  const model = opening.use(await startModelServer({ script: leads, apiKey: "sk-test-1234567890" }));
  const baseDir = join(folder, "shop");
  await makeProject(baseDir, files);
  await mkdir(join(folder, "redis"));
  const config = {
    access: { owners: [1001] },
    projects: { shop: { baseDir, checks: { test: [{ label: "parts", cmd: "node check.mjs" }] } } },
    limits: { concurrency: 4, perProject: 4, retryPause: "1s", retries: 50, flakeRuns: 1 },
    ...settings,
  };
  await writeFile(join(folder, "chargehand.yaml"), stringify(config));
  await writeFile(
    join(folder, "simulation.json"),
    JSON.stringify(Array.from({ length: jobs }, (_, n) => writes(n + 1))),
  );
  const redisPath = join(folder, "redis", "redis.sock");
  const home = join(folder, "home");
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    TELEGRAM_BOT_TOKEN: botApi.token,
    TELEGRAM_API_ROOT: botApi.apiRoot,
    OPENAI_API_KEY: "sk-test-1234567890",
    OPENAI_BASE_URL: model.url,
    ORCHESTRATOR_MODEL: "openai/gpt-5.5",
    CHARGEHAND_HOME: home,
    CHARGEHAND_CONFIG: join(folder, "chargehand.yaml"),
    CHARGEHAND_SIMULATION: join(folder, "simulation.json"),
    REDIS_URL: redisPath,
  };
  const redisArgs = ["--port", "0", "--unixsocket", redisPath, "--dir", join(folder, "redis"), "--appendonly", "yes"];
  const part = (argv: readonly [string, ...string[]], ready: string) =>
    opening.use(new Part({ argv, cwd: folder, env, ready }));
  const parts = {
    redis: part([findRedisServer(), ...redisArgs, "--save", ""], "eady to accept connections"),
    daemon: part([process.execPath, cli, "daemon"], "daemon ready"),
    bot: part([process.execPath, cli, "bot"], "bot ready"),
  };
  const scope = opening.move();
  return {
    folder,
    home,
    baseDir,
    main: join(baseDir, "main"),
    botApi,
    ann: botApi.person({ id: 1001, firstName: "Ann" }),
    model,
    parts,
    redisPath,
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

/** What a job is ordered with, and what its engine then does. */
export function orderText(number: number): string {
  return `Write part ${number} of the parts`;
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
