import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { AppError } from "../../core/error.ts";
import { watchBranch } from "../../platform/watch-ref.ts";
import { binsOf, hiddenFolder } from "../bins.ts";
import { mainTip, type OpenProject } from "../projects.ts";
import type { Removals } from "../removals.ts";
import { commitOfLeft, makePair, movePair, type Pair, pairPaths } from "./pair.ts";

/** A job's wish, and where its parts shall be: paths on the file system of the home. */
export interface HandOut {
  readonly project: OpenProject;
  readonly commit: string;
  readonly harness: string;
  readonly index: string;
}

export interface WorktreePoolOptions {
  readonly home: string;
  /** Pairs to keep ready for each project. */
  readonly size: number;
  readonly log: Pick<Logger, "warn" | "debug">;
  readonly removals: Removals;
}

interface Shelf {
  readonly project: OpenProject;
  readonly ready: { readonly pair: Pair; readonly commit: string }[];
  readonly watcher: Disposable;
  timer?: NodeJS.Timeout;
}

/** How long the disk stays a new job's own: one that is short is over before the next pair is made. */
const quietMs = 1_500;

/**
 * Keeps worktrees ready at the tip of each project's main branch, so that a job on a big repository begins at once. What a
 * job has had never comes back: pairs are made new, one at a time, behind everything else that runs.
 */
export class WorktreePool implements AsyncDisposable {
  readonly #options: WorktreePoolOptions;
  readonly #shelves = new Map<string, Shelf>();
  readonly #stopping = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(options: WorktreePoolOptions) {
    this.#options = options;
  }

  /** Takes over what another life of the daemon has left in good order, removes the rest, and fills up. */
  open(project: OpenProject): void {
    const watcher = watchBranch(project.gitDir, project.main, () => this.refresh(project.name));
    const shelf: Shelf = { project, ready: [], watcher };
    this.#shelves.set(project.name, shelf);
    this.#later(async () => {
      await this.#takeOver(shelf);
      await this.#fill(shelf);
    });
  }

  /**
   * Puts a harness's repository and an index in their places, and answers with the folder that holds the files: it belongs
   * to the caller from then on. `undefined` when no pair is ready, or none can be moved to this commit.
   */
  async handOut({ project, commit, harness, index }: HandOut, signal: AbortSignal): Promise<string | undefined> {
    const shelf = this.#shelves.get(project.name);
    if (shelf === undefined) return undefined;
    const { ready } = shelf;
    const fitting = ready.findIndex((one) => one.commit === commit);
    const [found] = ready.splice(Math.max(0, fitting), 1);
    this.refresh(project.name);
    if (found === undefined) return undefined;
    const { pair, commit: from } = found;
    if (from !== commit && !(await this.#move(project, pair, { from, to: commit }, signal))) return undefined;
    const paths = pairPaths(pair);
    await Promise.all([rename(paths.harness, harness), rename(paths.index, index)]);
    await this.#options.removals.take(pair.folder, binsOf(this.#options.home, project).ofJobs);
    return pair.tree;
  }

  /** To be said when main has moved or a pair is gone: what is missing is made when it is quiet again. */
  refresh(projectName: string): void {
    const shelf = this.#shelves.get(projectName);
    if (shelf === undefined || this.#stopping.signal.aborted) return;
    clearTimeout(shelf.timer);
    shelf.timer = setTimeout(() => this.#later(() => this.#fill(shelf)), quietMs).unref();
  }

  /** How many pairs are ready for a project. */
  ready(projectName: string): number {
    return this.#shelves.get(projectName)?.ready.length ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new AppError("shutdown", "Chargehand is stopping."));
    for (const { timer, watcher } of this.#shelves.values()) {
      clearTimeout(timer);
      watcher[Symbol.dispose]();
    }
    await this.#work;
  }

  #later(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((err: unknown) => {
      if (!this.#stopping.signal.aborted) this.#options.log.warn({ err }, "a warm worktree could not be made");
    });
  }

  async #takeOver(shelf: Shelf): Promise<void> {
    const { project } = shelf;
    const signal = this.#stopping.signal;
    const places = this.#placesOf(project);
    const [folders, trees] = await Promise.all([places.folders, places.trees].map(namesIn));
    for (const id of new Set([...(folders ?? []), ...(trees ?? [])])) {
      const pair = this.#pairCalled(project, id);
      const commit = await commitOfLeft(pair, project, signal).catch(() => undefined);
      signal.throwIfAborted();
      if (commit === undefined) await this.#discard(project, pair);
      else shelf.ready.push({ pair, commit });
    }
  }

  async #fill(shelf: Shelf): Promise<void> {
    const { project, ready } = shelf;
    const { signal } = this.#stopping;
    const commit = await mainTip(project, signal);
    for (const old of ready.filter((one) => one.commit !== commit)) {
      if (!ready.includes(old)) continue; // handed out in the meantime
      ready.splice(ready.indexOf(old), 1);
      const { pair, commit: from } = old;
      if (await this.#move(project, pair, { from, to: commit }, signal)) ready.push({ pair, commit });
    }
    for (const { pair } of ready.splice(this.#options.size)) await this.#discard(project, pair);
    while (ready.length < this.#options.size) {
      const pair = this.#pairCalled(project, randomUUID());
      await mkdir(this.#placesOf(project).trees, { recursive: true, mode: 0o700 });
      await this.#orDiscard(project, pair, () => makePair(pair, { project, commit }, signal));
      ready.push({ pair, commit });
    }
  }

  /** False when the pair is of no use for that; then it is gone. */
  async #move(
    project: OpenProject,
    pair: Pair,
    { from, to }: { from: string; to: string },
    signal: AbortSignal,
  ): Promise<boolean> {
    const isMoved = await movePair(pair, { project, from, to }, signal).catch(() => false);
    if (!isMoved) await this.#discard(project, pair);
    signal.throwIfAborted();
    return isMoved;
  }

  async #orDiscard(project: OpenProject, pair: Pair, make: () => Promise<void>): Promise<void> {
    try {
      await make();
    } catch (error) {
      await this.#discard(project, pair);
      throw error;
    }
  }

  async #discard(project: OpenProject, { folder, tree }: Pair): Promise<void> {
    const { home, removals } = this.#options;
    const { ofJobs, ofWorktrees } = binsOf(home, project);
    await Promise.all([removals.take(folder, ofJobs), removals.take(tree, ofWorktrees)]);
  }

  #pairCalled(project: OpenProject, id: string): Pair {
    const { folders, trees } = this.#placesOf(project);
    return { folder: join(folders, id), tree: join(trees, id) };
  }

  #placesOf(project: OpenProject): { folders: string; trees: string } {
    const { home } = this.#options;
    return { folders: join(home, "pool", project.name), trees: join(hiddenFolder(home, project), "pool") };
  }
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
