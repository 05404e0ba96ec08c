import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { AppError } from "../core/error.ts";
import type { HttpConfig } from "../core/http-config.ts";
import type { Installation, Settings } from "../platform/installation.ts";
import { resolveRedis } from "../platform/redis.ts";
import { holdAlone } from "../platform/sole-holder.ts";
import { localUrl } from "./address.ts";
import { createApp } from "./app.ts";
import { isPrivate } from "./guard.ts";
import { openDeps } from "./open-deps.ts";
import { listen } from "./server.ts";

export interface Serving {
  readonly settings: Settings;
  readonly installation: Installation;
  readonly http: HttpConfig;
  readonly onReady: (url?: string) => void;
}

/** Serves HTTP until the signal says stop; throws "bad-config" where others reach it and no token is set. */
export async function serveHttp(
  { settings, installation, http, onReady }: Serving,
  signal: AbortSignal,
): Promise<void> {
  requireToken(http, settings.environment.CHARGEHAND_HTTP_TOKEN);
  await using scope = new AsyncDisposableStack();
  const { log } = installation;
  const { CHARGEHAND_HOME: home, CHARGEHAND_HTTP_TOKEN: token } = settings.environment;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const onWaiting = () => {
    log.info({ home }, "another process serves HTTP for this home; standing by");
    onReady();
  };
  scope.use(await holdAlone(join(home, "http.lock"), { onWaiting }, signal));
  const { target } = scope.use(await resolveRedis(settings.environment, log, signal));
  const address = { host: http.host, port: http.port };
  const deps = scope.use(await openDeps({ settings, installation, http, target, address }, signal));
  const server = scope.use(await listen(createApp(deps, { config: http, token }).fetch, http));
  address.port = server.port;
  const url = localUrl(address);
  announce(http, { url, token, log });
  onReady(url);
  if (!signal.aborted) await once(signal, "abort");
  log.info("HTTP stopping");
} // the server, what it stands on, then Redis

/** Whoever is reached by others has to know them. */
function requireToken(http: HttpConfig, token: string | undefined): void {
  if (isPrivate(http) || token !== undefined) return;
  const why = http.publicUrl === undefined ? `http.host is ${http.host}` : "http.publicUrl is set";
  throw new AppError(
    "bad-config",
    `Others than this machine can reach the HTTP server (${why}), so it needs a token. Set CHARGEHAND_HTTP_TOKEN: openssl rand -hex 32`,
  );
}

function announce(
  http: HttpConfig,
  { url, token, log }: { url: string; token: string | undefined; log: Logger },
): void {
  const facts = { url, publicUrl: http.publicUrl, changes: token !== undefined };
  if (isPrivate(http)) log.info(facts, "HTTP ready");
  else log.warn(facts, "HTTP ready, and other machines can reach it: whoever has the token may order and merge");
}
