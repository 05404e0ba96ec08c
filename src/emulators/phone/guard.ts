import type { IncomingMessage } from "node:http";

/** What a request must show: the token it was given, and that it means this server. */
export interface Lock {
  readonly token: string;
  readonly hosts: readonly string[];
}

/**
 * Why a request is refused, if it is. A foreign page cannot know the token; a foreign name that was pointed at this
 * machine shows itself in Host; a page that guessed still shows itself in Origin.
 */
export function refusalFor(
  { url = "", headers }: Pick<IncomingMessage, "url" | "headers">,
  lock: Lock,
): string | undefined {
  if (!lock.hosts.includes(headers.host ?? "")) return "This phone answers on this machine only.";
  if (!url.startsWith(`/${lock.token}/`)) return "Open the whole address that was printed: it holds the key.";
  const { origin } = headers;
  if (origin !== undefined && !lock.hosts.some((host) => origin === `http://${host}`)) {
    return "Another page may not use this phone.";
  }
  return undefined;
}
