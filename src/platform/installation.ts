import type { Logger } from "pino";
import type { Config } from "../core/config.ts";
import { loadConfig } from "./config-file.ts";
import type { Environment, Variables } from "./environment.ts";
import { createLogger } from "./log.ts";
import { createRedactor, type Redactor, secretValuesOf } from "./secrets/redactor.ts";

/** What somebody has set up here, read but not yet opened. */
export interface Settings {
  readonly environment: Environment;
  /** All variables: the secrets to redact are found here, and the few that engines may see. */
  readonly variables: Variables;
  /** Where `chargehand.yaml` is looked for, and what its relative paths are relative to. */
  readonly directory: string;
  /** Where it was read already: all parts of one process work with one and the same. */
  readonly config?: Config;
}

/** What bot and daemon have in common from their first line on. */
export interface Installation {
  readonly config: Config;
  readonly redactor: Redactor;
  readonly redact: (text: string) => string;
  readonly log: Logger;
}

/** Reads the configuration and prepares a log that no secret gets into. Throws "bad-config" in words for a person. */
export function openInstallation({ environment, variables, directory, config: known }: Settings): Installation {
  const config = known ?? loadConfig(environment, directory);
  const tokens = Object.values(config.trackers).map(({ token }) => token);
  const redactor = createRedactor({ values: secretValuesOf(variables, tokens) });
  const redact = (text: string) => redactor.text(text);
  return { config, redactor, redact, log: createLogger({ level: environment.LOG_LEVEL, redact }) };
}
