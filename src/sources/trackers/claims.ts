import type { Redis } from "ioredis";
import { keyPrefix } from "../../core/queue.ts";
import { Claim, type ClaimEvent, claimAfter } from "../../core/tracker/claim.ts";

/** A write that finds another version than its writer read is not made: somebody else holds the claim now. */
const writeIfUnchanged = `
local held = redis.call("HGET", KEYS[1], ARGV[1])
local version = held and cjson.decode(held).version or 0
if version ~= tonumber(ARGV[2]) then return 0 end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[3])
return 1`;

/** What we hold of a tracker's issues, in Redis: all daemons see the same, and each write goes to one of them. */
export class Claims {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #refusedKey: string;

  constructor(redis: Redis, tracker: string) {
    this.#redis = redis;
    this.#key = `${keyPrefix}:tracker:${tracker}:claims`;
    this.#refusedKey = `${keyPrefix}:tracker:${tracker}:refused`;
  }

  async all(): Promise<Claim[]> {
    const rows = await this.#redis.hvals(this.#key);
    return rows.flatMap((row) => Claim.safeParse(JSON.parse(row)).data ?? []);
  }

  async of(issueId: string): Promise<Claim | undefined> {
    const row = await this.#redis.hget(this.#key, issueId);
    return row === null ? undefined : Claim.safeParse(JSON.parse(row)).data;
  }

  /** Records what happened; `undefined` when it cannot happen to this claim, or another daemon was faster. */
  async happened(issueId: string, claim: Claim | undefined, event: ClaimEvent): Promise<Claim | undefined> {
    const next = claimAfter(claim, event, new Date());
    return next === undefined ? undefined : this.#write(issueId, claim, next);
  }

  /** Notes what was told to the tracker, or read there, of an issue. */
  note(claim: Claim, news: Partial<Claim>): Promise<Claim | undefined> {
    return this.#write(claim.issueId, claim, { ...claim, ...news });
  }

  async forget(issueId: string): Promise<void> {
    await this.#redis.hdel(this.#key, issueId);
  }

  /** Why an issue was not taken as it stood then. */
  async refusals(): Promise<ReadonlyMap<string, string>> {
    return new Map(Object.entries(await this.#redis.hgetall(this.#refusedKey)));
  }

  async refuse(issueId: string, standing: string): Promise<void> {
    await this.#redis.hset(this.#refusedKey, issueId, standing);
  }

  async #write(issueId: string, before: Claim | undefined, next: Claim): Promise<Claim | undefined> {
    const version = before?.version ?? 0;
    const written = { ...next, version: version + 1 };
    const isOurs = await this.#redis.eval(
      ...([writeIfUnchanged, 1, this.#key, issueId, String(version), JSON.stringify(written)] as const),
    );
    return isOurs === 1 ? written : undefined;
  }
}
