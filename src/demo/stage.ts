import { rmSync } from "node:fs";
import { mkdir, mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simulationVariable } from "../agents/engines/simulation.ts";
import type { BotApi } from "../emulators/bot-api/bot-api.ts";
import type { Person } from "../emulators/bot-api/person.ts";
import { startBotApi } from "../emulators/bot-api/server.ts";
import { startModelServer } from "../emulators/model-server/server.ts";
import { type DetectedSandbox, detectSandbox } from "../platform/sandbox/detect.ts";
import { startChargehand } from "./chargehand-process.ts";
import { demoOrchestrator } from "./orchestrator.ts";
import { makeSampleProject, sampleChecks } from "./sample-project.ts";
import { demoSimulation } from "./simulation.ts";

export interface StageOptions {
  /** How long the scripted model takes for an answer: time for a person to read along. */
  readonly thinkMs: number;
  /** Leaves the folder behind. */
  readonly keep: boolean;
}

/** Everything the demo plays on: a real Chargehand between a phone, a model and an engine that are not. */
export interface Stage extends AsyncDisposable {
  readonly botApi: BotApi;
  readonly ann: Person;
  readonly directory: string;
  readonly home: string;
  /** The checkout that belongs to people. */
  readonly main: string;
  readonly logFile: string;
  /** Without one the demo works all the same: commands that run code ask first. */
  readonly sandbox: DetectedSandbox;
  /** Aborts when Chargehand ends by itself. */
  readonly ended: AbortSignal;
}

/** Builds the stage in a folder of its own and waits until the bot listens. */
export async function openStage({ thinkMs, keep }: StageOptions, signal: AbortSignal): Promise<Stage> {
  await using opening = new AsyncDisposableStack();
  const directory = opening.adopt(await makeFolder(keep), (it) => it.remove()).path;
  const home = join(directory, "home");
  const logFile = join(directory, "chargehand.log");
  await makeSampleProject(join(directory, "shop"), signal);

  const botApi = opening.use(await startBotApi());
  const ann = botApi.person({ id: 1001, firstName: "Ann", username: "ann" });
  const model = opening.use(await startModelServer({ script: demoOrchestrator({ thinkMs }), apiKey: "demo" }));
  const simulation = join(directory, "simulation.json");
  await mkdir(home, { mode: 0o700 });
  await writeFile(simulation, JSON.stringify(await demoSimulation()));
  const sandbox = await detectSandbox();
  const config = configFor({ directory, owner: ann.id, sandbox });
  await writeFile(join(home, "chargehand.yaml"), JSON.stringify(config, null, 2));

  const settings = {
    CHARGEHAND_HOME: home,
    TELEGRAM_BOT_TOKEN: botApi.token,
    TELEGRAM_API_ROOT: botApi.apiRoot,
    OPENAI_BASE_URL: model.url,
    OPENAI_API_KEY: "demo",
    [simulationVariable]: simulation,
  };
  const chargehand = opening.use(await startChargehand({ directory, logFile, settings }));
  await Promise.race([chargehand.ready, failing(AbortSignal.any([signal, chargehand.ended]))]);
  const scope = opening.move();
  return {
    botApi,
    ann,
    directory,
    home,
    main: join(directory, "shop", "main"),
    logFile,
    sandbox,
    ended: chargehand.ended,
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

/** JSON is YAML too. */
function configFor({ directory, owner, sandbox }: { directory: string; owner: number; sandbox: DetectedSandbox }) {
  return {
    access: { owners: [owner] },
    projects: { shop: { baseDir: join(directory, "shop"), checks: sampleChecks } },
    roles: { orchestrator: "openai/demo", engine: "codex" },
    sandbox: sandbox.kind === "none" ? "off" : "auto",
  };
}

function failing(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** A temporary folder that goes even when the process is ended in a hurry. */
async function makeFolder(keep: boolean): Promise<{ path: string; remove(): void }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "chargehand-demo-")));
  const remove = () => {
    if (!keep) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    process.off("exit", remove);
  };
  process.once("exit", remove);
  return { path, remove };
}
