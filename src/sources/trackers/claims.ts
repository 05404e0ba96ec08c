import type { Redis } from "ioredis";
import { keyPrefix } from "../../core/queue.ts";
import { Claim, type ClaimEvent, claimAfter } from "../../core/tracker/claim.ts";
import { Refusal } from "../../core/tracker/refusal.ts";

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
  readonly #refusalsKey: string;

  constructor(redis: Redis, tracker: string) {
    this.#redis = redis;
    this.#key = `${keyPrefix}:tracker:${tracker}:claims`;
    this.#refusalsKey = `${keyPrefix}:tracker:${tracker}:refusals`;
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

  /** Why issues were not taken, by their ids. */
  async refusals(): Promise<ReadonlyMap<string, Refusal>> {
    const rows = Object.entries(await this.#redis.hgetall(this.#refusalsKey));
    const read = rows.map(([issueId, row]) => [issueId, Refusal.safeParse(JSON.parse(row)).data] as const);
    return new Map(read.filter((entry): entry is [string, Refusal] => entry[1] !== undefined));
  }

  async refuse(issueId: string, refusal: Refusal): Promise<void> {
    await this.#redis.hset(this.#refusalsKey, issueId, JSON.stringify(refusal));
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
