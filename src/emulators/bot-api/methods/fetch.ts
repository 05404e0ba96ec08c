import { z } from "zod";
import { badRequest } from "../api-error.ts";
import { Flag, Integer, Json, Text } from "../params.ts";
import { conflict } from "../updates.ts";
import { method } from "./method.ts";

const maxDownloadBytes = 20 * 1_024 * 1_024;
const maxPollSeconds = 50;

export const getUpdates = method(
  z.object({
    offset: Integer.default(0),
    limit: Integer.default(100),
    timeout: Integer.default(0),
    allowed_updates: Json(z.array(z.string())).optional(),
  }),
  ({ updates }, { offset, limit, timeout, allowed_updates: allowedUpdates }, _call, signal) => {
    if (updates.webhookUrl !== "") {
      const remedy = "use deleteWebhook to delete the webhook first";
      throw conflict(`can't use getUpdates method while webhook is active; ${remedy}`);
    }
    const timeoutMs = clamp(timeout, 0, maxPollSeconds) * 1_000;
    return updates.take({ offset, limit: clamp(limit, 1, 100), timeoutMs, allowedUpdates }, signal);
  },
);

/** A webhook is remembered, and ends polling; nothing is delivered to it. */
export const setWebhook = method(z.object({ url: Text.default(""), drop_pending_updates: Flag }), (world, params) => {
  if (params.url !== "" && !params.url.startsWith("https://")) {
    throw badRequest("bad webhook: An HTTPS URL must be provided for webhook");
  }
  if (params.url !== "") world.updates.endPoll(conflict("terminated by setWebhook request"));
  world.updates.webhookUrl = params.url;
  if (params.drop_pending_updates) world.updates.dropPending();
  return true;
});

export const deleteWebhook = method(z.object({ drop_pending_updates: Flag }), (world, params) => {
  world.updates.webhookUrl = "";
  if (params.drop_pending_updates) world.updates.dropPending();
  return true;
});

export const getWebhookInfo = method(z.object({}), ({ updates }) => ({
  url: updates.webhookUrl,
  has_custom_certificate: false,
  pending_update_count: updates.pending.length,
}));

export const getFile = method(z.object({ file_id: Text.default("") }), (world, { file_id }) => {
  if (file_id === "") throw badRequest("file_id not specified");
  const file = world.files.get(file_id);
  if (file === undefined) throw badRequest("invalid file_id");
  if (file.bytes.byteLength > maxDownloadBytes) throw badRequest("file is too big");
  return {
    file_id,
    file_unique_id: `unique-${file_id}`,
    file_size: file.bytes.byteLength,
    file_path: file.path,
  };
});

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
