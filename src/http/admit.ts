import type { HttpConfig } from "../core/http-config.ts";
import { carriesToken } from "./bearer.ts";
import { isPrivate } from "./guard.ts";
import type { Access } from "./operation.ts";
import { Refusal } from "./refusal.ts";

export interface Door {
  readonly config: HttpConfig;
  /** Without one nobody may change anything. */
  readonly token: string | undefined;
}

/** Lets a request pass, or throws why not. */
export function admit(access: Access, authorization: string | undefined, { config, token }: Door): void {
  if (access === "anyone" || access === "signed" || (access === "look" && isPrivate(config))) return;
  if (token === undefined) {
    throw new Refusal(403, "not-allowed", "This server only shows: set CHARGEHAND_HTTP_TOKEN and start it again.");
  }
  if (carriesToken(authorization, token)) return;
  const headers = { "www-authenticate": 'Bearer realm="chargehand"' };
  throw new Refusal(401, "unauthorized", "Send the header Authorization: Bearer, with CHARGEHAND_HTTP_TOKEN.", {
    headers,
  });
}
