import { z } from "zod";
import { TrackerError } from "../../../core/tracker.ts";
import type { AdapterDeps } from "../adapter.ts";
import { type Page, readPages } from "../pages.ts";
import { RestClient } from "../rest-client.ts";
import { issueFields } from "./record.ts";
import type { JiraSettings } from "./settings.ts";

/** The most that Jira gives on one page and takes in one request. */
export const pageSize = 100;

const SearchPage = z.object({
  issues: z.array(z.unknown()),
  nextPageToken: z.string().nullish(),
  isLast: z.boolean().optional(),
});

/** A list of Jira's older kind, in which a page begins at a number. */
interface OldList<Item extends z.ZodType> {
  readonly path: string;
  /** Under which name the items stand. */
  readonly key: string;
  readonly item: Item;
  readonly query?: Readonly<Record<string, string>>;
}

/**
 * Jira's REST API. Paths begin with the version: what is read is a text in version 2, and what is written is a document of
 * Atlassian's own format in version 3, where nothing in a text can become markup.
 */
export class JiraApi {
  readonly client: RestClient;

  constructor({ siteUrl, email }: JiraSettings, { token, timeoutMs, now }: AdapterDeps) {
    const basic = Buffer.from(`${email}:${token}`).toString("base64");
    const authorization = email === undefined ? `Bearer ${token}` : `Basic ${basic}`;
    this.client = new RestClient({
      ...{ provider: "Jira", apiUrl: `${siteUrl}/rest/api`, headers: { authorization } },
      ...{ secrets: [token, basic], timeoutMs, now },
    });
  }

  /** Every issue that the JQL finds, as raw records in its order. */
  async search(jql: string, signal: AbortSignal): Promise<unknown[]> {
    return readPages("", async (token): Promise<Page<unknown, string>> => {
      const position = token === "" ? {} : { nextPageToken: token };
      const query = { jql, fields: issueFields.join(), maxResults: pageSize, ...position };
      const { data } = await this.client.ask(SearchPage, { path: "/2/search/jql", query }, signal);
      if (data.nextPageToken) return { items: data.issues, next: data.nextPageToken };
      if (data.isLast !== false) return { items: data.issues, next: null };
      throw new TrackerError("tracker_pagination", "Jira says that there is another page, but not where.");
    });
  }

  async list<Item extends z.ZodType>({ path, key, item, query = {} }: OldList<Item>, signal: AbortSignal) {
    const Answer = z.object({ total: z.number().int(), [key]: z.array(item) });
    return readPages(0, async (startAt): Promise<Page<z.output<Item>, number>> => {
      const request = { path, query: { ...query, startAt, maxResults: pageSize } };
      const { data } = await this.client.ask(Answer, request, signal);
      const items = data[key] as z.output<Item>[];
      const end = startAt + items.length;
      if (end >= Number(data.total)) return { items, next: null };
      if (items.length > 0) return { items, next: end };
      throw new TrackerError("tracker_pagination", "Jira has more to list and gives nothing.");
    });
  }
}
