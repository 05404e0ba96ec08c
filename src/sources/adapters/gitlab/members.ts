import { z } from "zod";
import { TrackerError } from "../../../core/tracker.ts";
import type { AdapterDeps } from "../adapter.ts";
import type { GitLabApi } from "./api.ts";

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

const trustedForMs = 10 * 60_000;

/** What people are to the project, as its list of members says. Whoever is not in it is nothing. */
export class Members {
  readonly #api: GitLabApi;
  readonly #deps: AdapterDeps;
  #known: { readonly readAt: number; readonly associations: ReadonlyMap<number, string> } | undefined;

  constructor(api: GitLabApi, deps: AdapterDeps) {
    this.#api = api;
    this.#deps = deps;
  }

  async read(signal: AbortSignal): Promise<(userId: number) => string | null> {
    const { now } = this.#deps;
    if (this.#known === undefined || now() - this.#known.readAt > trustedForMs) {
      this.#known = { readAt: now(), associations: await this.#list(signal) };
    }
    const { associations } = this.#known;
    return (userId) => associations.get(userId) ?? null;
  }

  async #list(signal: AbortSignal): Promise<ReadonlyMap<number, string>> {
    try {
      const members = await this.#api.list(Member, { path: "/members/all" }, signal);
      return new Map(members.map(({ id, access_level }) => [id, levels[access_level] ?? "none"]));
    } catch (error) {
      if (!(error instanceof TrackerError) || error.category !== "tracker_status" || error.isRetryable) throw error;
      this.#deps.log.warn(
        { problem: error.message },
        "the project's members cannot be read: nobody is trusted by role",
      );
      return new Map();
    }
  }
}
