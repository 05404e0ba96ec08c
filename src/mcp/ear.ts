import type { LedgerEntry } from "../core/event.ts";
import type { FollowedEntry } from "../platform/job-desk.ts";
import type { McpDeps } from "./deps.ts";

type Listener = (entry: LedgerEntry) => void;

/** Hears what happens to all jobs, once somebody listens, over one connection. */
export interface Ear extends AsyncDisposable {
  /** Settles when nothing that happens from then on is missed. */
  listen(listener: Listener): Promise<Disposable>;
}

export function createEar(follow: McpDeps["follow"]): Ear {
  const listeners = new Set<Listener>();
  const closing = new AbortController();
  let begun: Promise<void> | undefined;
  let hearing: Promise<void> = Promise.resolve();
  // Whoever listens after a failure begins anew.
  const forget = () => {
    begun = undefined;
  };
  const hear = async (entries: AsyncIterable<FollowedEntry>) => {
    for await (const { entry } of entries) for (const listener of listeners) listener(entry);
  };
  const begin = async () => {
    hearing = hear(await follow(closing.signal)).catch(forget);
  };
  return {
    async listen(listener) {
      begun ??= begin();
      await begun.catch((error) => {
        forget();
        throw error;
      });
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await begun?.catch(forget);
      await hearing;
    },
  };
}
