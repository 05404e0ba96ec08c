import { pino } from "pino";
import { missingAccess } from "../../agents/model.ts";
import type { Config } from "../../core/config.ts";
import type { Roster } from "../../core/home.ts";
import type { Environment } from "../../platform/environment.ts";
import { addressOf, connectFailFastRedis, resolveRedis } from "../../platform/redis.ts";
import { readRoster } from "../../platform/roster.ts";
import { type DoctorRow, failed, failedBy, ok, warning } from "./row.ts";

export interface RedisFindings {
  readonly rows: DoctorRow[];
  /** Who is at work on it; absent where it could not be asked. */
  readonly roster?: Roster;
}

/** Starts the private Redis when nobody has: that it can be started is what a person wants to know. */
export async function checkRedis(environment: Environment, signal: AbortSignal): Promise<RedisFindings> {
  await using scope = new AsyncDisposableStack();
  const log = pino({ enabled: false });
  try {
    const { target } = scope.use(await resolveRedis(environment, log, signal));
    const redis = scope.adopt(await connectFailFastRedis(target, log, signal), (it) => it.disconnect());
    return { rows: [judgeRedis(addressOf(target), await redis.info())], roster: await readRoster(redis) };
  } catch (error) {
    signal.throwIfAborted();
    return { rows: failedBy("Redis", error, { remedy: "Set REDIS_URL to a Redis or Valkey that runs." }) };
  }
}

export function judgeRedis(address: string, info: string): DoctorRow {
  const fact = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
  const valkey = fact("valkey_version");
  const version = fact("redis_version") ?? "0";
  const detail = `${valkey === undefined ? `Redis ${version}` : `Valkey ${valkey}`} at ${address}`;
  if (version.localeCompare("6.2", "en", { numeric: true }) < 0) {
    return failed("Redis", `${detail} is too old.`, "Install Redis 6.2 or newer, or Valkey.");
  }
  if (fact("maxmemory_policy") !== "noeviction") {
    return failed("Redis", `${detail} may throw jobs away.`, 'Set "maxmemory-policy noeviction" in its configuration.');
  }
  if (fact("aof_enabled") !== "1") {
    return warning("Redis", `${detail} forgets when it is restarted.`, 'Set "appendonly yes" in its configuration.');
  }
  return ok("Redis", detail);
}

const providers = ["openai", "anthropic", "compatible"];

/** Whether the model that leads the jobs has what its provider asks for. Nothing is sent: that would cost money. */
export function checkModel({ roles }: Config, environment: Environment): DoctorRow {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL } = environment;
  const model = roles.orchestrator;
  if (model === undefined) {
    return failed("Model", "none leads the jobs.", "Set ORCHESTRATOR_MODEL or roles.orchestrator: openai/gpt-5.5");
  }
  const provider = model.split("/")[0] ?? "";
  if (!providers.includes(provider)) {
    return failed("Model", `${model} has no known provider.`, `Write one of ${providers.join("/…, ")}/…`);
  }
  const remedy = missingAccess(model, {
    openaiApiKey: OPENAI_API_KEY,
    openaiBaseUrl: OPENAI_BASE_URL,
    anthropicApiKey: ANTHROPIC_API_KEY,
    anthropicBaseUrl: ANTHROPIC_BASE_URL,
  });
  return remedy === undefined ? ok("Model", model) : failed("Model", `${model} has no key.`, remedy);
}
