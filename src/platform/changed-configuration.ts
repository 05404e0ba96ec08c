import { createHash } from "node:crypto";
import { unwatchFile, watchFile } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import type { Config } from "../core/config.ts";
import { sentenceOf } from "../core/error.ts";
import { loadConfig } from "./config-file.ts";
import { dotEnvIn, type Variables } from "./environment.ts";
import type { Settings } from "./installation.ts";

/** What tells one configuration from another, whatever the order in which its settings are written: SHA-256. */
export function configurationDigest(config: Config): string {
  const sorted = (_key: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : value;
  return createHash("sha256").update(JSON.stringify(config, sorted)).digest("hex");
}

interface Watched {
  readonly settings: Settings;
  /** What was read at the start, and stays in force. */
  readonly config: Config;
  /** Reads everything anew, as the start did. */
  readonly readAgain: () => Settings;
  readonly log: Logger;
}

const lookEveryMs = 2_000;

/**
 * Says in the log when configuration or `.env` no longer say what they said at the start. Nothing of it is taken over:
 * jobs, sandboxes and permissions were made by what was read then, and half of a new configuration is none.
 */
export function watchConfiguration({ settings, config, readAgain, log }: Watched): Disposable {
  const { environment, directory, variables } = settings;
  let isTold = false;
  const look = () => {
    const now = readNow(readAgain);
    const isAsAtStart = isDeepStrictEqual(now, { config: configurationDigest(config), variables });
    // A file that is not there is looked at once, too, and nothing has changed then.
    if (isAsAtStart && !isTold) return;
    isTold = !isAsAtStart;
    if (isAsAtStart) return log.info("the configuration says what it said at the start");
    if ("problem" in now)
      return log.warn(
        { problem: now.problem },
        "the configuration was changed and cannot be used; what was read at the start stays in force",
      );
    log.warn(
      "the configuration was changed; what was read at the start stays in force until Chargehand is started again",
    );
  };
  const { CHARGEHAND_CONFIG: named, CHARGEHAND_HOME: home } = environment;
  const files =
    named === undefined
      ? [directory, home].map((folder) => join(folder, "chargehand.yaml"))
      : [resolve(directory, named)];
  const paths = new Set([...files, dotEnvIn(directory)]);
  for (const path of paths) watchFile(path, { interval: lookEveryMs, persistent: false }, look);
  return {
    [Symbol.dispose]() {
      for (const path of paths) unwatchFile(path, look);
    },
  };
}

function readNow(readAgain: () => Settings): { config: string; variables: Variables } | { problem: string } {
  try {
    const { environment, directory, variables } = readAgain();
    return { config: configurationDigest(loadConfig(environment, directory)), variables };
  } catch (error) {
    return { problem: sentenceOf(error).sentence };
  }
}
