import { findModel, type LanguageModel, missingAccess } from "../agents/model.ts";
import type { Config } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import { openInstallation, type Settings } from "../platform/installation.ts";
import { resolveRedis } from "../platform/redis.ts";
import { type DetectedSandbox, detectSandbox } from "../platform/sandbox/detect.ts";
import { findProjects } from "./held-projects.ts";
import { serveJobs } from "./serve.ts";

export interface DaemonSettings extends Settings {
  readonly onReady?: () => void;
}

/** The daemon, from its settings to its end. It stops when the signal says so, and leaves nothing behind. */
export async function runDaemon({ onReady, ...settings }: DaemonSettings, signal: AbortSignal): Promise<void> {
  await using scope = new AsyncDisposableStack();
  const { config, redactor, redact, log } = openInstallation(settings);
  const { environment, variables, directory } = settings;
  const held = await findProjects(config, log, signal);
  const sandbox = await findSandbox(config);
  const { model, modelName } = findOrchestrator(config, settings);
  const redis = scope.use(await resolveRedis(environment, log, signal));
  const { CHARGEHAND_HOME: home, ENABLE_REAL_CLI: realEngines } = environment;
  await serveJobs(
    {
      config,
      held,
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

/** No sandbox is a choice that an operator writes down, never something that happens. */
async function findSandbox(config: Config): Promise<DetectedSandbox> {
  if (config.sandbox === "off") return { kind: "none", reason: "It is switched off.", remedy: "" };
  const sandbox = await detectSandbox();
  if (sandbox.kind !== "none") return sandbox;
  const consent = 'Or write "sandbox: off" into chargehand.yaml: then commands that run code ask first.';
  throw new AppError("sandbox-unavailable", `No sandbox works here: ${sandbox.reason} ${sandbox.remedy} ${consent}`);
}

function findOrchestrator(
  config: Config,
  { environment, variables }: Settings,
): { model: LanguageModel; modelName: string } {
  const modelName = config.roles.orchestrator;
  if (modelName === undefined) {
    throw new AppError(
      "bad-config",
      'No model leads the jobs. Set ORCHESTRATOR_MODEL or roles.orchestrator, for example to "openai/gpt-5.5".',
    );
  }
  const { OPENAI_API_KEY, OPENAI_BASE_URL, ANTHROPIC_API_KEY } = environment;
  const access = {
    openaiApiKey: OPENAI_API_KEY,
    openaiBaseUrl: OPENAI_BASE_URL,
    anthropicApiKey: ANTHROPIC_API_KEY,
    anthropicBaseUrl: variables.ANTHROPIC_BASE_URL,
  };
  const missing = missingAccess(modelName, access);
  if (missing !== undefined) throw new AppError("bad-config", `The model ${modelName} has no key. ${missing}`);
  const model = findModel(modelName, access);
  return { model, modelName };
}
