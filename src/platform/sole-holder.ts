import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";

const lookAgainMs = 500;

/**
 * Waits until no other process holds this file, and then holds it. The lock is the kernel's, taken through SQLite, which
 * is the one way to it that Node brings along: it ends with its process however that ends, and nothing has to expire.
 */
export async function holdAlone(
  path: string,
  { onWaiting }: { readonly onWaiting: () => void },
  signal: AbortSignal,
): Promise<Disposable> {
  const database = new DatabaseSync(path);
  try {
    for (let isFirstLook = true; !tryLock(database); isFirstLook = false) {
      if (isFirstLook) onWaiting();
      await delay(lookAgainMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  } catch (error) {
    database.close();
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === busy) return false;
    throw error;
  }
}

/** SQLITE_BUSY. */
const busy = 5;
