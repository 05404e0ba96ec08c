import { findModel } from "../agents/model.ts";
import { AppError } from "../core/error.ts";
import { checkProjects } from "../platform/check-projects.ts";
import { loadConfig } from "../platform/config-file.ts";
import type { Environment, Variables } from "../platform/environment.ts";
import { createLogger } from "../platform/log.ts";
import { resolveRedis } from "../platform/redis.ts";
import { detectSandbox } from "../platform/sandbox/detect.ts";
import { createRedactor, secretValuesOf } from "../platform/secrets/redactor.ts";
import { serveJobs } from "./serve.ts";

export interface DaemonSettings {
  readonly environment: Environment;
  /** All variables of this installation: secrets to redact are found here, and those that engines may see. */
  readonly variables: Variables;
  /** Where `chargehand.yaml` is looked for. */
  readonly directory: string;
  readonly onReady?: () => void;
}

/** The daemon, from its settings to its end. It stops when the signal says so, and leaves nothing behind. */
export async function runDaemon(
  { environment, variables, directory, onReady }: DaemonSettings,
  signal: AbortSignal,
): Promise<void> {
  await using scope = new AsyncDisposableStack();
  const config = loadConfig(environment, directory);
  const [unusable] = await checkProjects(config, signal);
  if (unusable !== undefined) throw unusable;
  const redactor = createRedactor({ values: secretValuesOf(variables) });
  const redact = (text: string) => redactor.text(text);
  const log = createLogger({ level: environment.LOG_LEVEL, redact });
  const sandbox =
    config.sandbox === "off" ? { kind: "none" as const, reason: "switched off", remedy: "" } : await detectSandbox();
  if (sandbox.kind === "none" && config.sandbox !== "off") {
    throw new AppError(
      "sandbox-unavailable",
      `No sandbox works here: ${sandbox.reason} ${sandbox.remedy} Or write "sandbox: off" into chargehand.yaml, and commands that run code will ask first.`,
    );
  }
  const modelName = config.roles.orchestrator;
  if (modelName === undefined) {
    throw new AppError(
      "bad-config",
      'No model leads the jobs. Set ORCHESTRATOR_MODEL or roles.orchestrator, for example to "openai/gpt-5.5".',
    );
  }
  const { OPENAI_API_KEY, OPENAI_BASE_URL, ANTHROPIC_API_KEY } = environment;
  const model = findModel(modelName, {
    openaiApiKey: OPENAI_API_KEY,
    openaiBaseUrl: OPENAI_BASE_URL,
    anthropicApiKey: ANTHROPIC_API_KEY,
    anthropicBaseUrl: variables.ANTHROPIC_BASE_URL,
  });
  const redis = scope.use(await resolveRedis(environment, log, signal));
  const { CHARGEHAND_HOME: home, ENABLE_REAL_CLI: realEngines } = environment;
  await serveJobs(
    {
      config,
      home,
      redis: redis.target,
      log,
      model,
      modelName,
      variables,
      directory,
      sandbox,
      redactor,
      redact,
      realEngines,
      dryRun: environment.ORCHESTRATOR_DRY_RUN,
      trace: environment.ORCHESTRATOR_TRACE,
      onReady,
    },
    signal,
  );
} // Redis, when it was ours
