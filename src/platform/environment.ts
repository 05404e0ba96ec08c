import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { z } from "zod";
import { AppError } from "../core/error.ts";
import { readWritten } from "./schema-issues.ts";
import { refuseInProject } from "./trusted-place.ts";

const Switch = z
  .enum(["0", "1", "false", "true"], "write 1 or 0")
  .default("0")
  .transform((value) => value === "1" || value === "true");

const UserIds = z
  .string()
  .regex(/^\s*\d+(\s*[,\s]\s*\d+)*\s*$/, "write numeric Telegram user ids, separated by commas: 1001, 1002")
  .transform((text) =>
    text
      .trim()
      .split(/[,\s]+/)
      .map(Number),
  );

const WebAddress = z
  .url({ protocol: /^https?$/, error: "write an address that begins with http:// or https://" })
  .transform((url) => url.replace(/\/+$/, ""));

const HttpToken = z
  .string()
  .regex(/^[!-~]{24,512}$/, "make one of at least 24 letters and digits: openssl rand -hex 32");

const WebhookSecret = z
  .string()
  .regex(/^[!-~]{16,512}$/, "make one of at least 16 letters and digits: openssl rand -hex 32");

/** The secrets and switches of one installation, under the names they have in the environment and in `.env`. */
export const Environment = z.object({
  TELEGRAM_BOT_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]+$/, "copy the token as @BotFather wrote it: 123456:ABC…")
    .optional(),
  TELEGRAM_API_ROOT: WebAddress.default("https://api.telegram.org"),
  TELEGRAM_IPV4_ONLY: Switch,
  TELEGRAM_ALLOWED_USERS: UserIds.default([]),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: WebAddress.optional(),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: WebAddress.optional(),
  ORCHESTRATOR_MODEL: z
    .string()
    .regex(/^[a-z][a-z0-9-]*\/.+$/, "write a model as provider/model: openai/gpt-5.5")
    .optional(),
  ORCHESTRATOR_BASE_DIR: z.string().startsWith("/", "write an absolute path").optional(),
  ORCHESTRATOR_DRY_RUN: Switch,
  ORCHESTRATOR_TRACE: Switch,
  ENABLE_REAL_CLI: Switch,
  CHARGEHAND_SIMULATION: z.string().optional(),
  CHARGEHAND_HOME: z.string().startsWith("/", "write an absolute path"),
  CHARGEHAND_CONFIG: z.string().optional(),
  CHARGEHAND_HTTP_TOKEN: HttpToken.optional(),
  GITHUB_WEBHOOK_SECRET: WebhookSecret.optional(),
  LINEAR_WEBHOOK_SECRET: WebhookSecret.optional(),
  DISPATCH_TASKS: z.string().optional(),
  REDIS_URL: z
    .string()
    .regex(/^(rediss?:\/\/|\/)/, "write redis://host:port, or the path of a socket")
    .optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});
export type Environment = z.infer<typeof Environment>;

export type Variables = Readonly<Record<string, string | undefined>>;

/** Reads the variables of an installation. Throws "bad-config" with one line for each that cannot be used. */
export function readEnvironment(variables: Variables): Environment {
  const { environment, flaws } = examineEnvironment(variables);
  if (flaws.length === 0) return environment;
  throw new AppError("bad-config", flaws.map(({ name, sentence }) => `${name} ${asSentence(sentence)}`).join("\n"));
}

export interface VariableFlaw {
  readonly name: string;
  /** What to write instead, as in "write 1 or 0". It never repeats the value, which may be a secret. */
  readonly sentence: string;
}

/** What the variables say once those that cannot be used are left out, and why each of them cannot. */
export function examineEnvironment(variables: Variables): { environment: Environment; flaws: VariableFlaw[] } {
  const written = Object.fromEntries(Object.entries(variables).filter(([, value]) => value?.trim() !== ""));
  const result = readWritten(Environment, { ...written, CHARGEHAND_HOME: homeOf(written) });
  if (result.ok) return { environment: result.value, flaws: [] };
  const flaws = result.issues.map(({ path, sentence }) => ({ name: String(path[0]), sentence }));
  const usable = Object.entries(written).filter(([name]) => !flaws.some((flaw) => flaw.name === name));
  return { environment: readEnvironment(Object.fromEntries(usable)), flaws };
}

/** The process's own variables, and below them what `.env` in the working directory adds. */
export function readVariables(variables: Variables = process.env, directory = process.cwd()): Variables {
  const path = dotEnvIn(directory);
  refuseInProject(path);
  return { ...readDotEnv(path), ...variables };
}

export function dotEnvIn(directory: string): string {
  return join(directory, ".env");
}

function readDotEnv(path: string): Variables {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    const remedy = "Make it readable for this user, or remove it.";
    throw new AppError("bad-config", `${path} cannot be read.`, { remedy, cause: error });
  }
}

function homeOf(variables: Variables): string {
  const userHome = variables.HOME ?? homedir();
  const home = (variables.CHARGEHAND_HOME ?? "~/.chargehand").replace(/^~(?=\/|$)/, userHome);
  return isAbsolute(home) ? resolve(home) : home;
}

function asSentence(sentence: string): string {
  return /^(is|must)\b/.test(sentence) ? `${sentence}.` : `cannot be used: ${sentence}.`;
}
