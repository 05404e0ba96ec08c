/** A value with every text in it made safe to show. Ids stay as they are: buttons, links and proofs are made of them. */
export function redacted<T>(value: T, redact: (text: string) => string): T {
  return redactValue(value, redact) as T;
}

function redactValue(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, identifiers.has(name) ? item : redactValue(item, redact)]),
  );
}

const identifiers = new Set(["id", "jobId", "callId", "commit", "tree", "mergedCommit", "requestId"]);
