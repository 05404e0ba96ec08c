import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Redis } from "ioredis";
import { pino } from "pino";
import { stringify } from "yaml";
import type { Script } from "../../src/emulators/model-server/script.ts";
import { type ModelServer, startModelServer } from "../../src/emulators/model-server/server.ts";
import { createJobDesk, type JobDesk } from "../../src/platform/job-desk.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { Part } from "../chaos/part.ts";
import { runs, shopFiles } from "./installation.ts";
import { makeProject, never, temporaryFolder } from "./project.ts";
import { startTestRedis } from "./redis.ts";

/** Several daemons, each a process with a home of its own, on one Redis. */
export interface Fleet extends AsyncDisposable {
  readonly folder: string;
  readonly redis: Redis;
  readonly desk: JobDesk;
  readonly model: ModelServer;
  readonly daemons: Readonly<Record<string, FleetDaemon>>;
  /** A project's checkout. */
  main(project: string): string;
}

export interface FleetDaemon {
  readonly home: string;
  readonly part: Part;
  /** Runs the command line in its place, to its end. */
  chargehand(...argv: string[]): Promise<{ readonly stdout: string; readonly stderr: string }>;
  /** The jobs whose ledgers lie in its home. */
  jobs(): Promise<string[]>;
}

const cli = join(import.meta.dirname, "../../src/cli.ts");

export interface FleetOptions {
  readonly limits?: Readonly<Record<string, unknown>>;
  /** What the model says to each job. */
  readonly script?: Script;
}

/** Daemons by name, each with the projects it holds; nothing is started yet. */
export async function prepareFleet(
  holdings: Readonly<Record<string, readonly string[]>>,
  { limits = {}, script = runs('codex exec "Fix the price"') }: FleetOptions = {},
): Promise<Fleet> {
  await using opening = new AsyncDisposableStack();
  const { path: folder } = opening.use(await temporaryFolder());
  const store = opening.use(await startTestRedis());
  const model = opening.use(await startModelServer({ script, apiKey: "sk-test-1234567890" }));
  const redis = opening.adopt(await connectRedis(store.target, pino({ enabled: false }), never), (it) =>
    it.disconnect(),
  );
  const desk = opening.use(createJobDesk(redis));
  for (const project of new Set(Object.values(holdings).flat())) await makeProject(join(folder, project), shopFiles);
  const simulation = [{ do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }] }];
  await writeFile(join(folder, "simulation.json"), JSON.stringify(simulation));

  const daemons: Record<string, FleetDaemon> = {};
  for (const [name, projects] of Object.entries(holdings)) {
    const home = join(folder, `home-${name}`);
    const config = join(folder, `${name}.yaml`);
    const checks = { test: [{ label: "unit", cmd: "node --test" }] };
    const entries = projects.map((project) => [project, { baseDir: join(folder, project), checks }]);
    await writeFile(
      config,
      stringify({
        access: { owners: [1001] },
        limits: { flakeRuns: 1, ...limits },
        projects: Object.fromEntries(entries),
      }),
    );
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      OPENAI_API_KEY: "sk-test-1234567890",
      OPENAI_BASE_URL: model.url,
      ORCHESTRATOR_MODEL: "openai/gpt-5.5",
      CHARGEHAND_HOME: home,
      CHARGEHAND_CONFIG: config,
      CHARGEHAND_SIMULATION: join(folder, "simulation.json"),
      REDIS_URL: store.path,
    };
    const part = opening.use(
      new Part({ argv: [process.execPath, cli, "daemon"], cwd: folder, env, ready: "daemon ready" }),
    );
    const chargehand = (...argv: string[]) =>
      execa(process.execPath, [cli, ...argv], { cwd: folder, env, extendEnv: false, reject: false });
    daemons[name] = { home, part, chargehand, jobs: () => readdir(join(home, "jobs")).catch(() => []) };
  }
  const scope = opening.move();
  return {
    ...{ folder, redis, desk, model, daemons },
    main: (project) => join(folder, project, "main"),
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}
