import { createHmac, randomUUID } from "node:crypto";
import type { RequestOptions } from "./scene.ts";
import { githubSecret, linearSecret } from "./scene.ts";

/** A delivery as GitHub sends it. */
export function fromGithub(
  payload: unknown,
  { secret = githubSecret, delivery = randomUUID() as string } = {},
): RequestOptions {
  const body = JSON.stringify(payload);
  const headers = {
    "content-type": "application/json",
    "x-github-event": "issues",
    "x-github-delivery": delivery,
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
  return { method: "POST", body, headers };
}

/** A delivery as Linear sends it. */
export function fromLinear(payload: object, { secret = linearSecret, at = Date.now() } = {}): RequestOptions {
  const body = JSON.stringify({ type: "Issue", ...payload, webhookTimestamp: at });
  const headers = {
    "content-type": "application/json",
    "linear-delivery": randomUUID(),
    "linear-signature": createHmac("sha256", secret).update(body).digest("hex"),
    "linear-timestamp": String(at),
  };
  return { method: "POST", body, headers };
}
