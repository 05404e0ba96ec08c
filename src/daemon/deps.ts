import type { Logger } from "pino";
import type { LanguageModel } from "../agents/model.ts";
import type { Config } from "../core/config.ts";
import type { RedisTarget } from "../platform/redis.ts";
import type { DetectedSandbox } from "../platform/sandbox/detect.ts";
import type { Redactor } from "../platform/secrets/redactor.ts";

/** What a daemon is made of: read from the environment and the configuration, once, by whoever starts it. */
export interface DaemonDeps {
  readonly config: Config;
  /** The projects that are on this machine: only their jobs are worked on here. */
  readonly held: ReadonlySet<string>;
  /** `$CHARGEHAND_HOME`. */
  readonly home: string;
  readonly redis: RedisTarget;
  readonly log: Logger;
  readonly modelName: string;
  readonly model: LanguageModel;
  /** Variables of this process, from which engines may be lent the few they are configured to see. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly sandbox: DetectedSandbox;
  /** What relative paths of the configuration are relative to. */
  readonly directory: string;
  readonly redactor: Redactor;
  readonly redact: (text: string) => string;
  /** Without it every engine but a custom one is played by the simulated one. */
  readonly realEngines: boolean;
  readonly dryRun: boolean;
  /** Every command is logged too, not only written to its own file. */
  readonly trace: boolean;
  readonly onReady?: (() => void) | undefined;
}
