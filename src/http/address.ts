import { isIPv6 } from "node:net";

/** The address of a server on its own machine, as it stands before a path. */
export function localUrl({ host, port }: { readonly host: string; readonly port: number }): string {
  return `http://${hostIn(host)}:${port}`;
}

/** All addresses of a machine are one name on that machine. */
function hostIn(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return isIPv6(host) ? `[${host}]` : host;
}
