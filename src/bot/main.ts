import { AppError } from "../core/error.ts";
import { loadConfig } from "../platform/config-file.ts";
import type { Environment, Variables } from "../platform/environment.ts";
import { createLogger } from "../platform/log.ts";
import { resolveRedis } from "../platform/redis.ts";
import { createRedactor, secretValuesOf } from "../platform/secrets/redactor.ts";
import { serveBot } from "./serve.ts";

export interface BotSettings {
  readonly environment: Environment;
  /** All variables of this installation: the secrets to redact are found here. */
  readonly variables: Variables;
  /** Where `chargehand.yaml` is looked for. */
  readonly directory: string;
  readonly onReady?: () => void;
}

/** The bot, from its settings to its end. It stops when the signal says so; what it could not send is kept. */
export async function runBot(
  { environment, variables, directory, onReady }: BotSettings,
  signal: AbortSignal,
): Promise<void> {
  await using scope = new AsyncDisposableStack();
  const config = loadConfig(environment, directory);
  const redactor = createRedactor({ values: secretValuesOf(variables) });
  const redact = (text: string) => redactor.text(text);
  const log = createLogger({ level: environment.LOG_LEVEL, redact });
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot } = environment;
  if (token === undefined) {
    throw new AppError("bad-config", "The bot has no token. Get one from @BotFather and set TELEGRAM_BOT_TOKEN to it.");
  }
  const redis = scope.use(await resolveRedis(environment, log, signal));
  await serveBot({ config, token, apiRoot, redis: redis.target, log, redact, onReady }, signal);
} // Redis, when it was ours
