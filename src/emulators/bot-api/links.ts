import { badRequest } from "./api-error.ts";

/** Why Telegram refuses a link, if it does: only http, https and tg links with a host that has a dot. */
export function linkProblem(link: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(link)?.[1]?.toLowerCase();
  if (scheme === "tg") return undefined;
  const hasPort = /^[^/:]+:\d+/.test(link);
  if (scheme && !hasPort && scheme !== "http" && scheme !== "https") return "Unsupported URL protocol";
  const url = URL.parse(scheme && !hasPort ? link : `http://${link}`);
  if (url === null || url.hostname === "") return "URL host is empty";
  return url.hostname.includes(".") || url.hostname.startsWith("[") ? undefined : "Wrong HTTP URL";
}

/** `what` holds the link: "Entity" or "Inline keyboard button". */
export function checkLink(what: string, link: string): void {
  const problem = linkProblem(link);
  if (problem) throw badRequest(`${what} URL '${link}' is invalid: ${problem}`);
}
