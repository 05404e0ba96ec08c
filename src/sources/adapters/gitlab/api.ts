import { z } from "zod";
import { TrackerError } from "../../../core/tracker.ts";
import type { AdapterDeps } from "../adapter.ts";
import { type Page, readPages } from "../pages.ts";
import { RestClient, type RestRequest } from "../rest-client.ts";
import type { GitLabSettings } from "./settings.ts";

/** The most that GitLab gives on one page. */
export const pageSize = 100;

type Query = NonNullable<RestRequest["query"]>;

/** One project's part of GitLab's REST API. */
export class GitLabApi {
  readonly client: RestClient;
  readonly #project: string;

  constructor({ apiUrl, project }: GitLabSettings, { token, timeoutMs, now }: AdapterDeps) {
    const headers = { "private-token": token };
    this.client = new RestClient({ provider: "GitLab", apiUrl, headers, secrets: [token], timeoutMs, now });
    this.#project = `/projects/${encodeURIComponent(project)}`;
  }

  path(rest: string): string {
    return `${this.#project}${rest}`;
  }

  /** Every record of a list, or only pages until `isEnough`. */
  async list<Schema extends z.ZodType>(
    schema: Schema,
    { path, query = {} }: { readonly path: string; readonly query?: Query },
    signal: AbortSignal,
    isEnough: (page: z.output<Schema>[]) => boolean = () => false,
  ): Promise<z.output<Schema>[]> {
    return readPages(1, async (page): Promise<Page<z.output<Schema>, number>> => {
      const request = { path: this.path(path), query: { ...query, per_page: pageSize, page } };
      const { data, headers } = await this.client.ask(z.array(schema), request, signal);
      return { items: data, next: isEnough(data) ? null : nextPage(headers, page) };
    });
  }
}

/** Source: GitLab's REST API, "Offset-based pagination". The header is there and empty on the last page. */
function nextPage(headers: Headers, page: number): number | null {
  const written = headers.get("x-next-page")?.trim() ?? "";
  if (written === "") return null;
  const next = Number(written);
  if (Number.isInteger(next) && next > page) return next;
  throw new TrackerError("tracker_pagination", "GitLab's next page does not lead on.");
}
