import { isTokenRefused, within } from "../../bot/telegram.ts";
import { connectionCode, connectTelegram, connectTimeoutCode, refusalCode } from "../../bot/telegram-connection.ts";
import type { Environment } from "../../platform/environment.ts";
import { type DoctorRow, failed, ok, warning } from "./row.ts";

const answerTimeoutMs = 15_000;

/**
 * Asks Telegram who the bot is, over the same kind of connection as the bot's. No sentence repeats the address that was
 * called: the token stands in it.
 */
export async function checkTelegram(
  environment: Environment,
  signal: AbortSignal,
  connectTimeoutMs?: number,
): Promise<DoctorRow> {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot, TELEGRAM_IPV4_ONLY: ipv4Only } = environment;
  if (token === undefined) {
    return warning(
      "Telegram",
      "no bot token: there is only the terminal.",
      "Ask @BotFather for a bot and set TELEGRAM_BOT_TOKEN.",
    );
  }
  try {
    const api = connectTelegram({ token, apiRoot, ipv4Only, connectTimeoutMs });
    return ok("Telegram", `@${(await api.getMe(within(signal, answerTimeoutMs))).username}`);
  } catch (error) {
    signal.throwIfAborted();
    return whatFailed(error, { apiRoot, ipv4Only });
  }
}

interface Way {
  readonly apiRoot: string;
  readonly ipv4Only: boolean;
}

function whatFailed(error: unknown, { apiRoot, ipv4Only }: Way): DoctorRow {
  if (isTokenRefused(error)) {
    return failed("Telegram", "refused the bot token.", "Copy TELEGRAM_BOT_TOKEN from @BotFather again.");
  }
  const status = refusalCode(error);
  if (status !== undefined) {
    const remedy = "Try again later, or correct TELEGRAM_API_ROOT.";
    return failed("Telegram", `answered ${status} at ${apiRoot}.`, remedy);
  }
  const { why, remedy } = whyUnreached(connectionCode(error), ipv4Only);
  return failed("Telegram", `could not be reached at ${apiRoot}: ${why}.`, remedy);
}

function whyUnreached(code: string | undefined, ipv4Only: boolean): { why: string; remedy: string } {
  const check = "Check the network and TELEGRAM_API_ROOT.";
  const route = ipv4Only ? "" : " Where IPv6 leads nowhere, set TELEGRAM_IPV4_ONLY=1.";
  switch (code) {
    case connectTimeoutCode:
    case "ETIMEDOUT":
      return { why: "no connection was made in time", remedy: `Let this machine out to it, port 443.${route}` };
    case "ENETUNREACH":
    case "EHOSTUNREACH":
      return { why: "no network leads there", remedy: `${check}${route}` };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { why: "its name is not known", remedy: "Check the name server of this machine, and TELEGRAM_API_ROOT." };
    case "ECONNREFUSED":
      return { why: "the connection was refused", remedy: check };
    case undefined:
      return { why: "it gave no answer that makes sense", remedy: check };
    default:
      return { why: code, remedy: check };
  }
}
