import { AppError } from "../core/error.ts";
import { openInstallation, type Settings } from "../platform/installation.ts";
import { resolveRedis } from "../platform/redis.ts";
import { serveBot } from "./serve.ts";

export interface BotSettings extends Settings {
  readonly onReady?: () => void;
}

/** The bot, from its settings to its end. It stops when the signal says so; what it could not send is kept. */
export async function runBot({ onReady, ...settings }: BotSettings, signal: AbortSignal): Promise<void> {
  await using scope = new AsyncDisposableStack();
  const { config, redact, log } = openInstallation(settings);
  const { environment } = settings;
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot, TELEGRAM_IPV4_ONLY: ipv4Only } = environment;
  if (token === undefined) {
    throw new AppError("bad-config", "The bot has no token.", {
      remedy:
        'Get one from @BotFather and set TELEGRAM_BOT_TOKEN to it. For the terminal alone "chargehand daemon" is enough.',
    });
  }
  const redis = scope.use(await resolveRedis(environment, log, signal));
  await serveBot({ config, token, apiRoot, ipv4Only, redis: redis.target, log, redact, onReady }, signal);
} // Redis, when it was ours
