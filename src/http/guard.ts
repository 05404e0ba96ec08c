import { isIP } from "node:net";
import type { HttpConfig } from "../core/http-config.ts";

/** Whether only programs of this machine reach the server, so that whoever merely looks needs no token. */
export function isPrivate({ host, publicUrl }: HttpConfig): boolean {
  return isLoopback(host) && publicUrl === undefined;
}

/**
 * Why a request is not meant for this server, if so. A foreign name that was pointed at this machine (DNS rebinding)
 * shows itself in Host, a page of somebody else's in Origin. An address cannot be pointed elsewhere, so on a server that
 * listens to others any will do.
 */
export function strangerIn(
  { host, origin }: { readonly host: string | undefined; readonly origin: string | undefined },
  config: HttpConfig,
): string | undefined {
  if (!isOurs(hostnameOf(`http://${host ?? ""}`), config)) {
    return "This server is not called so. Use its address, localhost on this machine, or the name in http.publicUrl.";
  }
  if (origin !== undefined && !isOurs(hostnameOf(origin), config))
    return "Another site's page may not use this server.";
  return undefined;
}

function isOurs(hostname: string | undefined, config: HttpConfig): boolean {
  if (hostname === undefined) return false;
  if (isLoopback(hostname)) return true;
  if (config.publicUrl !== undefined && hostname === hostnameOf(config.publicUrl)) return true;
  return !isLoopback(config.host) && isIP(hostname) !== 0;
}

/** In lower case, without port and brackets. */
function hostnameOf(url: string): string | undefined {
  const { hostname } = URL.parse(url) ?? {};
  return hostname === "" ? undefined : hostname?.replace(/^\[|\]$/g, "");
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
