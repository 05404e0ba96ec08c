import { runBot } from "../bot/main.ts";
import { AppError } from "../core/error.ts";
import { loadConfig } from "../platform/config-file.ts";
import { createLogger } from "../platform/log.ts";
import { resolveRedis } from "../platform/redis.ts";
import { createRedactor, secretValuesOf } from "../platform/secrets/redactor.ts";
import type { Settings } from "./session.ts";

/** The bot, from its settings to its end. */
export async function startBot({ environment, variables, directory }: Settings, signal: AbortSignal): Promise<void> {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot, LOG_LEVEL: level } = environment;
  if (token === undefined) {
    throw new AppError(
      "bad-config",
      "There is no bot to be. Put the token that @BotFather gave you into .env as TELEGRAM_BOT_TOKEN.",
    );
  }
  const config = loadConfig(environment, directory);
  const redactor = createRedactor({ values: secretValuesOf(variables) });
  const redact = (text: string) => redactor.text(text);
  const log = createLogger({ level, redact });
  await using redis = await resolveRedis(environment, log, signal);
  await runBot({ config, token, apiRoot, redis: redis.target, log, redact }, signal);
}
