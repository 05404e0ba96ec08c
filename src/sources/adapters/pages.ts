import { TrackerError } from "../../core/tracker.ts";

export interface Page<Item, Cursor> {
  readonly items: readonly Item[];
  /** Where the next page is; `null` after the last one. */
  readonly next: Cursor | null;
}

const mostPages = 500;

/** All pages in their order, or a failure: half a list looks like issues that are gone. */
export async function readPages<Item, Cursor>(
  first: Cursor,
  read: (cursor: Cursor) => Promise<Page<Item, Cursor>>,
): Promise<Item[]> {
  const items: Item[] = [];
  const seen = new Set<Cursor>();
  for (let cursor: Cursor | null = first; cursor !== null; ) {
    if (seen.has(cursor)) throw new TrackerError("tracker_pagination", "The tracker's pages lead in a circle.");
    if (seen.size === mostPages) throw new TrackerError("tracker_pagination", tooMany);
    seen.add(cursor);
    const page: Page<Item, Cursor> = await read(cursor);
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

const tooMany = `The tracker has more than ${mostPages} pages. Narrow its scope with provider.queryFilter.`;

/** As many at once as fit into one request. */
export function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** An item that moved between two pages while they were read stands in both. */
export function withoutDoubles<Item extends { readonly id: string }>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
