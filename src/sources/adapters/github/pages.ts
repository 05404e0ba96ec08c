import { z } from "zod";
import { TrackerError } from "../../../core/tracker.ts";
import { type Page, readPages } from "../pages.ts";
import type { GitHubClient } from "./client.ts";

/** The most that GitHub gives on one page. */
const perPage = 100;

const List = z.array(z.unknown());

/** A list that GitHub gives in pages, as raw records in GitHub's order. */
export function readList(client: GitHubClient, route: string, values: Record<string, unknown>, signal: AbortSignal) {
  return readPages("", async (cursor): Promise<Page<unknown, string>> => {
    const position = Object.fromEntries(new URLSearchParams(cursor));
    const answer = await client.get(route, { ...values, per_page: perPage, ...position }, signal);
    const list = List.safeParse(answer.data);
    if (!list.success) throw new TrackerError("tracker_response", "GitHub answered with something that is no list.");
    return { items: list.data, next: nextPosition(answer.headers.link) };
  });
}

/** Of the address behind `rel="next"` (RFC 8288) only the position is taken: page, and cursor where GitHub has one. */
function nextPosition(link: unknown): string | null {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(String(link ?? ""))?.[1];
  if (target === undefined) return null;
  const query = [...(URL.parse(target)?.searchParams ?? [])].filter(([name]) => name === "page" || name === "after");
  if (query.length > 0) return String(new URLSearchParams(query));
  throw new TrackerError("tracker_pagination", "GitHub's link to the next page cannot be read.");
}
