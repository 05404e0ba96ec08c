import { parseDestination } from "./host-rule.ts";

/** What tells programs of a proxy on the loopback device. Servers a program starts itself stay reachable without it. */
export function proxyEnvironment(hosts: readonly string[], port: number): Record<string, string> {
  const proxy = `http://127.0.0.1:${port}`;
  const named = new Set(hosts.map((host) => parseDestination(host).host));
  const direct = ["localhost", "127.0.0.1", "::1"].filter((host) => !named.has(host)).join(",");
  return {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
    NO_PROXY: direct,
    no_proxy: direct,
    // Node's own fetch looks at these only when it is told to.
    NODE_USE_ENV_PROXY: "1",
  };
}
