import { z } from "zod";

/** A place in the stream of events: the id of the entry after which to go on. */
export const Cursor = z
  .string()
  .regex(/^\d{1,15}(?:-\d{1,19})?$/, "must be the id of an event, as in 1764291234567-0")
  .transform((id) => (id.includes("-") ? id : `${id}-0`));

export const beginning = "0-0";

export function isAfter(cursor: string, other: string): boolean {
  const [[ms = 0n, count = 0n], [otherMs = 0n, otherCount = 0n]] = [parts(cursor), parts(other)];
  return ms > otherMs || (ms === otherMs && count > otherCount);
}

function parts(cursor: string): bigint[] {
  return cursor.split("-").map(BigInt);
}
