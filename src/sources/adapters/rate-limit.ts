/** The part of `Headers` that is read here. */
export interface HeaderReader {
  get(name: string): string | null | undefined;
}

const minute = 60_000;
/** No tracker counts over more than an hour; whoever asks for more has a wrong clock or bad intentions. */
const longestMs = 60 * minute;
const shortestMs = 1_000;

/**
 * How long to leave a tracker alone after it said "too many", in milliseconds. `Retry-After` goes first (RFC 9110); then the
 * instant at which the count begins anew, taken against the server's own clock; then a minute, as GitHub's guide asks.
 */
export function waitAfterLimit(headers: HeaderReader, now: number): number {
  const wait = retryAfter(headers, now) ?? untilReset(headers, now) ?? minute;
  return Math.min(Math.max(wait, shortestMs), longestMs);
}

/** Whether a refusal, 403 as GitHub gives it, means that everything allowed has been used. */
export function isSpent(headers: HeaderReader): boolean {
  return headers.get("retry-after") != null || remainders.some((name) => headers.get(name) === "0");
}

const remainders = ["x-ratelimit-remaining", "ratelimit-remaining"];
const resets = ["x-ratelimit-reset", "ratelimit-reset", "x-ratelimit-requests-reset", "x-ratelimit-complexity-reset"];

function retryAfter(headers: HeaderReader, now: number): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at - serverNow(headers, now);
}

function untilReset(headers: HeaderReader, now: number): number | undefined {
  const instants = resets.flatMap((name) => instantIn(headers.get(name)));
  return instants.length === 0 ? undefined : Math.max(...instants) - serverNow(headers, now);
}

/** Seconds or milliseconds since 1970 (GitHub and GitLab, Linear), or an ISO instant (Jira). */
function instantIn(value: string | null | undefined): number[] {
  if (value == null || value.trim() === "") return [];
  const number = Number(value);
  const at = Number.isNaN(number) ? Date.parse(value) : number > 1e11 ? number : number * 1_000;
  return Number.isNaN(at) ? [] : [at];
}

function serverNow(headers: HeaderReader, now: number): number {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? now : date;
}
