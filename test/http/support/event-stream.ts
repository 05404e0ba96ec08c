import { LedgerEntry } from "../../../src/core/event.ts";
import { until } from "../../support/until.ts";
import type { RequestOptions } from "./scene.ts";

export interface StreamedEvent {
  readonly id: string;
  readonly entry: LedgerEntry;
}

export interface OpenStream extends AsyncDisposable {
  readonly events: readonly StreamedEvent[];
  readonly gaps: readonly unknown[];
  until(wanted: (event: StreamedEvent) => boolean): Promise<StreamedEvent>;
  /** Waits until the server ends it. */
  end(): Promise<void>;
}

/** Reads server-sent events as a browser does. */
export async function openStream(
  scene: { readonly request: (path: string, options: RequestOptions) => Promise<Response> },
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<OpenStream> {
  const leaving = new AbortController();
  const response = await scene.request(path, { headers, signal: leaving.signal });
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  const events: StreamedEvent[] = [];
  const gaps: unknown[] = [];
  const reading = read(response, (block) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
    const data = field("data");
    if (data === undefined) return;
    if (field("event") === "gap") gaps.push(JSON.parse(data));
    else events.push({ id: field("id") ?? "", entry: LedgerEntry.parse(JSON.parse(data)) });
  }).catch((error) => {
    if (!leaving.signal.aborted) throw error;
  });
  return {
    events,
    gaps,
    until: (wanted) => until(() => events.find(wanted)),
    end: () => reading,
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await reading;
    },
  };
}

async function read(response: Response, take: (block: string) => void): Promise<void> {
  let open = "";
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = `${open}${text}`.split("\n\n");
    open = blocks.pop() ?? "";
    for (const block of blocks) take(block);
  }
}
