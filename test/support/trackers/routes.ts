import type { z } from "zod";
import { type Call, lineOf, type Reply, type StrictServer } from "./strict-server.ts";

export interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** Names that the documentation has; any other is a violation. */
  readonly query?: Readonly<Record<string, RegExp>>;
  readonly body?: z.ZodType;
  readonly answer: (call: Call, path: Readonly<Record<string, string>>) => Reply;
}

const headers = new Set(
  "host connection accept accept-encoding accept-language user-agent content-type content-length sec-fetch-mode".split(
    " ",
  ),
);

/** The answer of the one route that a call fits to the last letter. */
export function answerBy(routes: readonly Route[], credentials: readonly string[], server: StrictServer, call: Call) {
  const strange = Object.keys(call.headers).find((name) => !headers.has(name) && !credentials.includes(name));
  if (strange !== undefined) return server.violate(`${lineOf(call)}: unknown header ${strange}`);
  for (const { method, path, query = {}, body, answer } of routes) {
    const match = method === call.method ? path.exec(call.path) : null;
    if (match === null) continue;
    for (const [name, value] of call.query) {
      if (!query[name]?.test(value)) return server.violate(`${lineOf(call)}: no query ${name}=${value}`);
    }
    const read = body?.safeParse(call.body);
    if (read?.success === false) return server.violate(`${lineOf(call)}: ${read.error.message}`);
    if (body === undefined && call.body !== undefined) return server.violate(`${lineOf(call)}: takes no body`);
    const groups = Object.entries(match.groups ?? {}).map(
      ([name, value]) => [name, decodeURIComponent(value)] as const,
    );
    return answer(call, Object.fromEntries(groups));
  }
  return server.violate(`no such address: ${lineOf(call)}`);
}
