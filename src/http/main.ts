import { openInstallation, type Settings } from "../platform/installation.ts";

export interface HttpSettings extends Settings {
  /** Called when it is at work, with its address on this machine; or without one when there is nothing to serve yet. */
  readonly onReady?: (url?: string) => void;
}

/** The HTTP server, where one is configured, from its settings to its end. It stops when the signal says so. */
export async function runHttp({ onReady, ...settings }: HttpSettings, signal: AbortSignal): Promise<void> {
  const installation = openInstallation(settings);
  const { http } = installation.config;
  if (http === undefined) return onReady?.();
  const ready = Promise.withResolvers<string | undefined>();
  void ready.promise.then(onReady);
  // Loaded only where there is something to serve: most installations have no HTTP.
  const { serveHttp } = await import("./serve.ts");
  await serveHttp({ settings, installation, http, onReady: ready.resolve }, signal);
}
