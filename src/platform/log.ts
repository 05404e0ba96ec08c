import { type Logger, type LoggerOptions, pino, stdSerializers } from "pino";
import { formatForPeople } from "./log-format.ts";

export interface LogOptions {
  readonly level: string;
  /** Takes known secrets out of a finished line. */
  readonly redact: (text: string) => string;
  /** Default: standard error. Standard output belongs to the answers of commands. */
  readonly destination?: { write(text: string): unknown };
  /** Lines for people instead of JSON. Default: when standard error is a terminal. */
  readonly forPeople?: boolean;
}

/** The one log of a process. It redacts the finished line, so that no field, message or stack slips past. */
export function createLogger(options: LogOptions): Logger {
  const { redact, destination = process.stderr, forPeople = process.stderr.isTTY ?? false } = options;
  const settings: LoggerOptions = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: stdSerializers.errWithCause },
  };
  return pino(settings, {
    write(line: string) {
      const safe = withoutBotTokens(redact(line));
      destination.write(forPeople ? formatForPeople(safe) : safe);
    },
  });
}

/** A bot's token stands inside the address of every call to Telegram, and so in many an error's text. */
function withoutBotTokens(text: string): string {
  return text.replace(/(\d{5,})(:|%3A)[A-Za-z0-9_-]{30,}/gi, "$1$2[redacted]");
}
