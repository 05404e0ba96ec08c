import type { Logger } from "pino";

const dayMs = 24 * 3_600_000;

/** Does something now and once a day, as long as the result is not disposed of. What fails is tried the next day. */
export function daily(what: string, task: () => Promise<unknown>, log: Pick<Logger, "warn">): Disposable {
  const attempt = () => void task().catch((err: unknown) => log.warn({ err }, `${what} could not be aged`));
  attempt();
  const timer = setInterval(attempt, dayMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
