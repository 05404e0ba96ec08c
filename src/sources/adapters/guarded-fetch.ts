import { TrackerError } from "../../core/tracker.ts";

/** A page of a hundred issues with the longest texts that GitHub allows is seven million bytes. */
const mostBytes = 32 * 1024 * 1024;

/**
 * `fetch` for whoever carries a credential: only to the configured server, never on to where it points, and never more
 * than fits into memory.
 */
export function guardedFetch(apiUrl: string): typeof fetch {
  const { origin } = new URL(apiUrl);
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== origin) throw new TrackerError("tracker_pagination", elsewhere(origin, url.origin));
    const response = await fetch(url, { ...init, redirect: "manual" });
    const { status, statusText, headers } = response;
    return new Response(response.body?.pipeThrough(upTo(mostBytes)) ?? null, { status, statusText, headers });
  };
}

function elsewhere(origin: string, other: string): string {
  return `The tracker at ${origin} points to ${other} for its next page. The credential is not sent there.`;
}

function upTo(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes <= limit) controller.enqueue(chunk);
      else controller.error(new TrackerError("tracker_response", `The tracker answered with over ${limit} bytes.`));
    },
  });
}
