/** Runs tasks until all have ended. The first that fails ends the others, and its failure is the failure of all. */
export async function together(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const failing = new AbortController();
  const until = AbortSignal.any([signal, failing.signal]);
  const ends = await Promise.allSettled(
    tasks.map((task) =>
      task(until).catch((error) => {
        failing.abort(error);
        throw error;
      }),
    ),
  );
  if (failing.signal.aborted) throw failing.signal.reason;
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
