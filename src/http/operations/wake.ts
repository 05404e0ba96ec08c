import { createHash } from "node:crypto";
import { LinearWebhookClient } from "@linear/sdk/webhooks";
import { verify } from "@octokit/webhooks-methods";
import { z } from "zod";
import { keyPrefix } from "../../core/queue.ts";
import type { TrackerKind } from "../../core/tracker-config.ts";
import { wakePoll } from "../../platform/poll-queue.ts";
import type { HttpDeps } from "../deps.ts";
import { operation, type Unread } from "../operation.ts";
import { Refusal } from "../refusal.ts";

const Awake = z.strictObject({}).meta({ id: "Awake" });

/** A tracker whose server signs what it sends. */
interface Signer {
  readonly kind: Extract<TrackerKind, "github" | "linear">;
  readonly signatureHeader: string;
  readonly deliveryHeader: string;
  readonly variable: string;
  /** Whether the tracker wrote this, just now as far as it can be told. */
  readonly isGenuine: (secret: string, body: Uint8Array, signature: string) => Promise<boolean>;
  /** How long a delivery is remembered: for as long as its signature would be taken. */
  readonly rememberedSeconds: number;
}

/** GitHub signs the body alone (docs.github.com, "Validating webhook deliveries") and sends again for three days. */
const github: Signer = {
  kind: "github",
  signatureHeader: "x-hub-signature-256",
  deliveryHeader: "x-github-delivery",
  variable: "GITHUB_WEBHOOK_SECRET",
  isGenuine: async (secret, body, signature) => verify(secret, new TextDecoder().decode(body), signature),
  rememberedSeconds: 4 * 24 * 3_600,
};

/** Linear signs a time into the body (linear.app/developers/webhooks); a minute later it is no longer taken. */
const linear: Signer = {
  kind: "linear",
  signatureHeader: "linear-signature",
  deliveryHeader: "linear-delivery",
  variable: "LINEAR_WEBHOOK_SECRET",
  isGenuine: async (secret, body, signature) => new LinearWebhookClient(secret).verify(Buffer.from(body), signature),
  rememberedSeconds: 10 * 60,
};

export const wakeGithub = wakeBy(github);
export const wakeLinear = wakeBy(linear);

/**
 * A webhook says that it is worth looking now, and nothing else: what it tells is never read, because the poll asks the
 * tracker itself.
 */
function wakeBy(signer: Signer) {
  return operation({
    id: `wake-${signer.kind}`,
    method: "POST",
    path: `/webhook/${signer.kind}/{tracker}`,
    summary: `The webhook of ${signer.kind === "github" ? "GitHub" : "Linear"}: look at this tracker now.`,
    access: "signed",
    usesRedis: true,
    params: z.object({ tracker: z.string().meta({ description: "The tracker's name in the configuration." }) }),
    answers: { 202: { description: "The tracker is looked at.", schema: Awake } },
    refusals: { 409: "This delivery has been here before." },
    async handle(deps, { params, unread }) {
      const { tracker } = params;
      const known = Object.hasOwn(deps.trackers, tracker) && deps.trackers[tracker]?.kind === signer.kind;
      if (!known) throw new Refusal(404, "not-found", "No tracker of this kind is called so.");
      const signature = await requireGenuine(signer, deps, unread);
      await onceOnly(signer, deps, { signature, delivery: unread.header(signer.deliveryHeader) ?? "" }, () =>
        wakePoll(deps.redis, tracker),
      );
      return Response.json({}, { status: 202 });
    },
  });
}

async function requireGenuine(signer: Signer, { webhookSecrets }: HttpDeps, unread: Unread): Promise<string> {
  const secret = webhookSecrets[signer.kind];
  if (secret === undefined) {
    throw new Refusal(403, "not-allowed", `Set ${signer.variable} to the secret of the webhook, and start again.`);
  }
  const signature = unread.header(signer.signatureHeader) ?? "";
  // A failed check is thrown by one of the two, and an empty body by the other.
  const isGenuine = signature !== "" && (await unread.body().then((body) => check(signer, secret, body, signature)));
  if (!isGenuine) throw new Refusal(401, "unauthorized", "The signature is wrong, missing or too old.");
  return signature;
}

function check(signer: Signer, secret: string, body: Uint8Array, signature: string): Promise<boolean> {
  return signer.isGenuine(secret, body, signature).catch(() => false);
}

/** The delivery's id is not signed, so a body that was here before is refused under any id, and an id with any body. */
async function onceOnly(
  { kind, rememberedSeconds }: Signer,
  { redis }: HttpDeps,
  { signature, delivery }: { readonly signature: string; readonly delivery: string },
  act: () => Promise<void>,
): Promise<void> {
  const marks = [`signature ${signature}`, ...(delivery === "" ? [] : [`delivery ${delivery}`])].map(
    (mark) => `${keyPrefix}:webhook:${kind}:${createHash("sha256").update(mark).digest("hex")}`,
  );
  const set: string[] = [];
  try {
    for (const mark of marks) {
      if ((await redis.set(mark, "1", "EX", rememberedSeconds, "NX")) === null) {
        throw new Refusal(409, "conflict", "This delivery has been here before.");
      }
      set.push(mark);
    }
    await act();
  } catch (error) {
    // What had no effect may come again.
    if (!(error instanceof Refusal) && set.length > 0) await redis.del(set).catch(() => {});
    throw error;
  }
}
