import type { Config } from "../core/config.ts";
import type { StageOrder } from "../core/queue.ts";
import type { JobId, Submission } from "../core/task.ts";
import type { StageDeps } from "./stage.ts";

/** A job that works, or wants to. */
export interface Claim {
  readonly order: StageOrder;
  readonly project: string;
}

/** How far back in the line a job is told its place; further back it is told when it comes nearer. */
const toldPositions = 10;

type LineDeps = Pick<StageDeps, "book" | "config" | "log">;

/** The places there are, and the line of the jobs that wait for one. */
export class Line {
  readonly #deps: LineDeps;
  readonly #onChange: () => void;
  /** Orders that are being taken in: each is about to want a place. */
  readonly #expected = new Map<JobId, Claim>();
  readonly #working = new Map<JobId, Claim>();
  #waiting: Claim[] = [];
  readonly #told = new Map<JobId, string>();

  constructor(deps: LineDeps, onChange: () => void = () => {}) {
    this.#deps = deps;
    this.#onChange = onChange;
  }

  /** Whether a new order for the project would have to wait. */
  isFull(project: string): boolean {
    const order = { jobId: "", stage: "run", iteration: 1, sequence: 0 } as const;
    const before = [...this.#working.values(), ...this.#expected.values()];
    return blockersOf({ order, project }, before, this.#deps.config.limits) !== undefined;
  }

  /** Counts an order in that is about to be taken, so that a burst of them does not find one place free for all. */
  expect({ jobId, project }: Pick<Submission, "jobId" | "project">): void {
    if (this.#working.has(jobId)) return;
    this.#expected.set(jobId, { order: { jobId, stage: "run", iteration: 1, sequence: 0 }, project });
    this.#onChange();
  }

  /** The order has come as far as the line, or comes no further. */
  forget(jobId: JobId): void {
    if (this.#expected.delete(jobId)) this.#onChange();
  }

  /** True when the job may begin at once; otherwise it stands in line. */
  enter(claim: Claim): boolean {
    const { jobId } = claim.order;
    const place = this.#waiting.findIndex(({ order }) => order.jobId === jobId);
    if (place >= 0) {
      this.#waiting[place] = claim;
      return false;
    }
    if (blockersOf(claim, [...this.#working.values()], this.#deps.config.limits) === undefined) {
      this.#working.set(jobId, claim);
      this.#onChange();
      return true;
    }
    this.#waiting.push(claim);
    this.#tell();
    return false;
  }

  /** The stage after the one it came in with needs no other place. */
  goOn(order: StageOrder): void {
    const claim = this.#working.get(order.jobId);
    if (claim === undefined) return;
    this.#working.set(order.jobId, { ...claim, order });
    this.#onChange();
  }

  leave(jobId: JobId): void {
    this.#working.delete(jobId);
    this.#waiting = this.#waiting.filter(({ order }) => order.jobId !== jobId);
    this.#told.delete(jobId);
    this.forget(jobId);
    this.#onChange();
  }

  /** Those whose turn has come. A job whose project is full lets the ones behind it pass. */
  admit(): Claim[] {
    const admitted = this.#waiting.filter((claim) => {
      if (blockersOf(claim, [...this.#working.values()], this.#deps.config.limits) !== undefined) return false;
      this.#working.set(claim.order.jobId, claim);
      return true;
    });
    this.#waiting = this.#waiting.filter((claim) => !admitted.includes(claim));
    this.#onChange();
    this.#tell();
    return admitted;
  }

  #tell(): void {
    const working = [...this.#working.values()];
    for (const [index, claim] of this.#waiting.slice(0, toldPositions).entries()) {
      const { jobId } = claim.order;
      const behind = blockersOf(claim, working, this.#deps.config.limits) ?? [];
      const place = `${index + 1} ${behind.join()}`;
      if (this.#told.get(jobId) === place) continue;
      this.#told.set(jobId, place);
      this.#deps.book
        .recordIfAllowed(jobId, { type: "slot_awaited", position: index + 1, behind: [...behind] })
        .catch((err: unknown) => this.#deps.log.debug({ err, jobId }, "a place in line was not told"));
    }
  }
}

/**
 * The jobs that hold the places one more would need, or nothing when there is one. A landing needs none: it is short,
 * and a person waits for it.
 */
export function blockersOf(
  { order, project }: Claim,
  working: readonly Claim[],
  { concurrency, perProject }: Pick<Config["limits"], "concurrency" | "perProject">,
): JobId[] | undefined {
  if (order.stage === "land") return undefined;
  const busy = working.filter((claim) => claim.order.stage !== "land");
  if (busy.length >= concurrency) return busy.map((claim) => claim.order.jobId);
  const beside = busy.filter((claim) => claim.project === project);
  return beside.length >= perProject ? beside.map((claim) => claim.order.jobId) : undefined;
}
