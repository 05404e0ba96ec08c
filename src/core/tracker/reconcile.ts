import type { Claim } from "./claim.ts";
import type { Standing } from "./standing.ts";

/** What a look found of an issue we hold. `unread` is a tracker that did not answer. */
export type Seen = Standing | "missing" | "unread";

export type Reaction =
  | { readonly type: "keep" }
  /** Work goes on, or begins again where it is due. */
  | { readonly type: "go_on" }
  | { readonly type: "try_later" }
  /** The claim is let go; a job that runs is cancelled, and its work kept under a ref. */
  | { readonly type: "let_go"; readonly reason: string };

/** What becomes of a claim by what its issue says now. A tracker that does not answer stops nothing. */
export function reactionTo({ status, dueAt, identifier }: Claim, seen: Seen, now: number): Reaction {
  if (status === "released" || status === "blocked") return { type: "keep" };
  const isDue = status === "retry_queued" && Date.parse(dueAt ?? "") <= now;
  switch (seen) {
    case "unread":
      return isDue ? { type: "try_later" } : { type: "keep" };
    case "missing":
      return { type: "let_go", reason: `${identifier} cannot be seen any more` };
    case "terminal":
      return { type: "let_go", reason: `${identifier} was closed` };
    case "inactive":
      return { type: "let_go", reason: `${identifier} is in no active state any more` };
    case "unrouted":
      return { type: "let_go", reason: `${identifier} is not for Chargehand any more` };
    case "eligible":
      return status === "retry_queued" && !isDue ? { type: "keep" } : { type: "go_on" };
  }
}
