import { z } from "zod";
import { TrackerError } from "../../core/tracker.ts";
import { formatPath, readWritten } from "../../platform/schema-issues.ts";

/** An adapter's own settings. What is wrong in them is said all at once, each with its place and its remedy. */
export function readProvider<Schema extends z.ZodType>(kind: string, schema: Schema, provider: unknown) {
  const written = readWritten(schema, provider);
  if (written.ok) return written.value;
  const sentences = written.issues.map(({ path, sentence }) => `${formatPath(["provider", ...path])} ${sentence}`);
  throw new TrackerError("invalid_tracker_config", `The settings of the ${kind} tracker: ${sentences.join("; ")}.`);
}

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Where an API is. A credential is sent there, so anything but this machine itself needs HTTPS. */
export const ApiUrl = z
  .url({ protocol: /^https?$/, error: "must be an address like https://tracker.example" })
  .refine((url) => isPrivate(url), { error: "must begin with https://: a credential is sent there" })
  .refine((url) => URL.parse(url)?.username === "", { error: "must not hold a credential" })
  .transform((url) => url.replace(/\/+$/, ""));

function isPrivate(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || loopback.has(hostname);
}

const label = z.string().trim().toLowerCase().min(1);

/** Trackers without a priority of their own say it with a label. */
export const PriorityLabels = z.record(label, z.int().min(1).max(4)).default({ p1: 1, p2: 2, p3: 3, p4: 4 });

/** Whose issues may be begun: "me", an id or a login. */
export const Assignee = z.string().trim().min(1);
