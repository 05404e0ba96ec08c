import type { Redis } from "ioredis";
import { Gauge, Registry } from "prom-client";
import type { LedgerEntry } from "../../core/event.ts";
import { JobStatus } from "../../core/job.ts";
import { keys } from "../../core/queue.ts";
import { queueDepths } from "../../platform/queue-depths.ts";
import type { Queues } from "../../platform/queues.ts";
import type { HealthDesk } from "../health-desk.ts";
import { type Counted, JobCensus, SubjectType } from "./census.ts";
import { countHappenings } from "./happenings.ts";

interface MetricsDeps {
  readonly redis: Redis;
  readonly queues: Queues;
  readonly health: Pick<HealthDesk, "look">;
  /** The configured projects: they are shown also while they have no job. */
  readonly projects: readonly string[];
  /** The bot whose outbox is looked at, if its token is known here. */
  readonly botId: number | undefined;
}

/** Several may scrape: Redis is asked at most once in this time. */
const freshMs = 1_000;

/**
 * What stands and what happens here, for Prometheus. No label holds anything of a task, a person or a job: what can be
 * told apart are projects and fixed words.
 */
export class Metrics {
  static readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #deps: MetricsDeps;
  readonly #registry = new Registry();
  readonly #gauges: ReturnType<typeof createGauges>;
  readonly #census: JobCensus;
  #last: { readonly at: number; readonly text: Promise<string> } | undefined;
  /** To be told of every ledger entry. */
  readonly count: (entry: LedgerEntry) => void;

  constructor(deps: MetricsDeps) {
    this.#deps = deps;
    this.#census = new JobCensus(deps.redis);
    this.#gauges = createGauges(this.#registry);
    this.count = countHappenings(this.#registry);
  }

  /** All of it in the text format. Fails when Redis does not answer. */
  text(): Promise<string> {
    const now = Date.now();
    if (this.#last === undefined || now - this.#last.at > freshMs) this.#last = { at: now, text: this.#look() };
    return this.#last.text;
  }

  async #look(): Promise<string> {
    const { redis, queues, health, botId } = this.#deps;
    const [jobs, depths, { daemons, bots }, outbox] = await Promise.all([
      this.#census.take(),
      queueDepths(redis, queues),
      health.look(),
      botId === undefined ? undefined : redis.hlen(keys.outbox(keys.bot(botId))),
    ]);
    this.#showJobs(jobs);
    const { entries, atWork, letters } = this.#gauges;
    for (const depth of depths) entries.set({ queue: depth.queue, state: depth.state }, depth.entries);
    // What is not known is left out rather than called 0.
    atWork.reset();
    if (daemons !== null) atWork.set({ part: "daemon" }, daemons);
    if (bots !== null) atWork.set({ part: "bot" }, bots);
    letters.reset();
    if (outbox !== undefined) letters.set({}, outbox);
    return this.#registry.metrics();
  }

  #showJobs(counted: readonly Counted[]): void {
    const { jobs, approvals } = this.#gauges;
    jobs.reset();
    for (const project of this.#deps.projects) for (const status of JobStatus.options) jobs.set({ project, status }, 0);
    for (const { project, status } of counted) jobs.inc({ project, status });
    for (const subject of SubjectType.options) approvals.set({ subject }, 0);
    for (const subject of counted.flatMap(({ waiting }) => waiting)) approvals.inc({ subject });
  }
}

function createGauges(registry: Registry) {
  const gauge = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  return {
    jobs: gauge("chargehand_jobs", "Jobs that are kept, by project and status.", "project", "status"),
    approvals: gauge("chargehand_approvals_waiting", "Questions that wait for a person, by what they ask.", "subject"),
    entries: gauge("chargehand_queue_entries", "Entries of the queues, of all projects and homes.", "queue", "state"),
    atWork: gauge("chargehand_at_work", "Daemons and bots at work.", "part"),
    letters: gauge("chargehand_outbox_messages", "Messages that wait to be sent to Telegram."),
  };
}
