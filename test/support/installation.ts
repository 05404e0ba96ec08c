import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Simulation } from "../../src/agents/engines/simulation.ts";
import type { BotApi } from "../../src/emulators/bot-api/bot-api.ts";
import type { ChatMessage } from "../../src/emulators/bot-api/chat.ts";
import type { Person } from "../../src/emulators/bot-api/person.ts";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import type { Script, ToolCall } from "../../src/emulators/model-server/script.ts";
import { type ModelServer, startModelServer } from "../../src/emulators/model-server/server.ts";
import { makeProject, temporaryFolder } from "./project.ts";

export interface InstallationOptions {
  readonly script: Script;
  readonly simulation?: Simulation;
  readonly files?: Readonly<Record<string, string>>;
  /** Makes the project's `main/` in another way than from `files`. */
  readonly makeMain?: (main: string) => Promise<void>;
  readonly checks?: Readonly<Record<string, unknown>>;
  /** More of `chargehand.yaml`, which may need to know where the scripted model listens. */
  readonly settings?: Settings | ((model: ModelServer) => Settings);
  readonly environment?: Readonly<Record<string, string>>;
}

type Settings = Readonly<Record<string, unknown>>;

/** The real bot and daemon in a process of their own, with a person, a model and a project around them. */
export interface Installation extends AsyncDisposable {
  readonly botApi: BotApi;
  readonly ann: Person;
  readonly model: ModelServer;
  readonly folder: string;
  readonly home: string;
  readonly baseDir: string;
  readonly main: string;
  /** What the process has logged so far, over all its lives. */
  readonly log: () => string;
  readonly environment: Readonly<Record<string, string>>;
  /** Settles when all that was asked for is at work, or when the process has ended instead. */
  start(...args: string[]): Promise<"ready" | "ended">;
  /** The process that was started last. */
  pid(): number;
  /** Ends the process and waits until it is gone; SIGKILL is a crash. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

const cli = join(import.meta.dirname, "../../src/cli.ts");

export const shopFiles = {
  "price.js": "exports.price = (cents) => cents * 2;\n",
  "price.test.js": `const test = require("node:test");
const assert = require("node:assert");
const { price } = require("./price.js");
test("a price is what it is", () => assert.equal(price(5), 5));
`,
};

/** Everything but the start: call `start("up")`. */
export async function prepareInstallation(options: InstallationOptions): Promise<Installation> {
  await using opening = new AsyncDisposableStack();
  const { path: folder } = opening.use(await temporaryFolder());
  const botApi = opening.use(await startBotApi());
  const model = opening.use(await startModelServer({ script: options.script, apiKey: "sk-test-1234567890" }));
  const baseDir = join(folder, "shop");
  if (options.makeMain !== undefined) await options.makeMain(join(baseDir, "main"));
  else await makeProject(baseDir, options.files ?? shopFiles);
  const home = join(folder, "home");
  const settings = typeof options.settings === "function" ? options.settings(model) : options.settings;
  const config = {
    access: { owners: [1001] },
    projects: { shop: { baseDir, checks: options.checks ?? { test: [{ label: "unit", cmd: "node --test" }] } } },
    ...settings,
    // How often a pass is asked again is nothing that these tests are about, and it takes time.
    limits: { flakeRuns: 1, ...(settings?.limits as object | undefined) },
  };
  await writeFile(join(folder, "chargehand.yaml"), stringify(config));
  await writeFile(join(folder, "simulation.json"), JSON.stringify(options.simulation ?? [{ do: [] }]));
  const environment = {
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
    ...options.environment,
  };
  const service = opening.use(new Service(folder, environment));
  const scope = opening.move();
  return {
    botApi,
    ann: botApi.person({ id: 1001, firstName: "Ann" }),
    model,
    folder,
    home,
    baseDir,
    main: join(baseDir, "main"),
    log: () => service.log,
    environment,
    start: (...args) => service.start(args),
    pid: () => service.pid,
    stop: (signal) => service.stop(signal),
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const installation = await prepareInstallation(options);
  if ((await installation.start("up")) === "ready") return installation;
  await installation[Symbol.asyncDispose]();
  throw new Error(`Chargehand did not start:\n${installation.log()}`);
}

/** Waits for a message that offers this button: a question, and not a card that only mentions it. */
export function offered(
  { botApi, ann }: Pick<Installation, "botApi" | "ann">,
  button: string,
  person = ann,
  time = patience,
): Promise<ChatMessage> {
  const offers = ({ keyboard }: ChatMessage) => keyboard.flat().some(({ text }) => text === button);
  return botApi.until(() => person.chat.messages.findLast(offers), time);
}

/** A busy machine is slow, not wrong. */
export const patience = { timeoutMs: 60_000 };

/** A tool call of the scripted orchestrator. `worktree` defaults to the job's own, as its instructions name it. */
export function command(text: string, worktree: string): ToolCall {
  return { name: "run_repo_command", arguments: { worktree, command: text } };
}

/** An orchestrator that runs these commands one after the other in the job's worktree, and then says so. */
export function runs(...commands: readonly string[]): Script {
  return ({ instructions, turnOfPrompt }) => {
    const worktree = /^- (task-[a-z0-9]+):/m.exec(instructions)?.[1] ?? "?";
    const next = commands[turnOfPrompt];
    return next === undefined ? { text: "Done, and everything is fine." } : { toolCalls: [command(next, worktree)] };
  };
}

class Service implements AsyncDisposable {
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  log = "";

  constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#environment = environment;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(args: readonly string[]): Promise<"ready" | "ended"> {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const ready = Promise.withResolvers<"ready" | "ended">();
    let life = "";
    const listen = (chunk: Buffer) => {
      this.log += chunk;
      life += chunk;
      const isReady =
        (args.includes("bot") || life.includes("daemon ready")) &&
        (args.includes("daemon") || life.includes("bot ready"));
      if (isReady) ready.resolve("ready");
    };
    child.stderr?.on("data", listen);
    child.stdout?.on("data", listen);
    child.once("close", () => ready.resolve("ended"));
    return await ready.promise;
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill(signal);
      await gone;
    }
    return child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}
