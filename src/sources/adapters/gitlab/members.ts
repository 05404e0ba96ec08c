import { z } from "zod";
import { TrackerError } from "../../../core/tracker.ts";
import type { AdapterDeps } from "../adapter.ts";
import { chunksOf } from "../pages.ts";
import { type GitLabApi, pageSize } from "./api.ts";

const Member = z.object({ id: z.number().int(), access_level: z.number().int() });

/** Source: GitLab's REST API, "Access levels". */
const levels: Readonly<Record<number, string>> = {
  10: "guest",
  15: "planner",
  20: "reporter",
  30: "developer",
  40: "maintainer",
  50: "owner",
};

type Associations = (userId: number) => string | null;

const trustedForMs = 10 * 60_000;

/** What people are to the project, as its list of members says. Whoever is not in it is nothing. */
export class Members {
  readonly #api: GitLabApi;
  readonly #deps: AdapterDeps;
  #known: { readonly readAt: number; readonly associations: Associations } | undefined;

  constructor(api: GitLabApi, deps: AdapterDeps) {
    this.#api = api;
    this.#deps = deps;
  }

  /** All of them, as they were some minutes ago at most: enough for a list, from which nothing is taken unread. */
  async recent(signal: AbortSignal): Promise<Associations> {
    const { now } = this.#deps;
    if (this.#known === undefined || now() - this.#known.readAt > trustedForMs) {
      this.#known = { readAt: now(), associations: await this.#list({}, signal) };
    }
    return this.#known.associations;
  }

  /** These people as they are now. Whatever follows from trust is decided by this: somebody may just have lost their role. */
  async now(userIds: Iterable<number | undefined>, signal: AbortSignal): Promise<Associations> {
    const wanted = [...new Set(userIds)].filter((id) => id !== undefined);
    const parts: Associations[] = [];
    for (const some of chunksOf(wanted, pageSize))
      parts.push(await this.#list({ "user_ids[]": some.map(String) }, signal));
    return (userId) => parts.map((associationOf) => associationOf(userId)).find((it) => it !== null) ?? null;
  }

  async #list(query: Readonly<Record<string, readonly string[]>>, signal: AbortSignal): Promise<Associations> {
    try {
      const members = await this.#api.list(Member, { path: "/members/all", query }, signal);
      const associations = new Map(members.map(({ id, access_level }) => [id, levels[access_level] ?? "none"]));
      return (userId) => associations.get(userId) ?? null;
    } catch (error) {
      if (!(error instanceof TrackerError) || error.category !== "tracker_status" || error.isRetryable) throw error;
      this.#deps.log.warn(
        { problem: error.message },
        "the project's members cannot be read: nobody is trusted by role",
      );
      return () => null;
    }
  }
}
