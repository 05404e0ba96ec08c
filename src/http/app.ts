import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { type RequestIdVariables, requestId } from "hono/request-id";
import { AppError } from "../core/error.ts";
import { isStoreAway } from "../platform/store-away.ts";
import { admit, type Door } from "./admit.ts";
import type { HttpDeps } from "./deps.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import { strangerIn } from "./guard.ts";
import type { Operation, Unread } from "./operation.ts";
import { operations } from "./operations/all.ts";
import { readBody } from "./read-body.ts";
import { Refusal, redisIsAway, refusalOf } from "./refusal.ts";

interface Served {
  Bindings: HttpBindings;
  Variables: RequestIdVariables;
}

/** Every request's way: is it meant for us, who is asking, what for, and the answer. */
export function createApp(deps: HttpDeps, door: Door): Hono<Served> {
  const app = new Hono<Served>();
  const attempts = new FailedAttempts();
  app.use(requestId({ limitLength: 64 }), async (context, next) => {
    const startedAt = performance.now();
    await next();
    for (const [name, value] of Object.entries(protection)) context.res.headers.set(name, value);
    context.res.headers.set("x-request-id", context.get("requestId"));
    const durationMs = Math.round(performance.now() - startedAt);
    deps.log.debug({ ...factsOf(context), status: context.res.status, durationMs }, "HTTP request answered");
  });
  app.use(async ({ req }, next) => {
    const stranger = strangerIn({ host: req.header("host"), origin: req.header("origin") }, door.config);
    if (stranger !== undefined) throw new Refusal(403, "not-allowed", stranger);
    await next();
  });
  for (const asked of operations) {
    app.on(asked.method, honoPath(asked.path), (context) => {
      admit(asked.access, context.req.header("authorization"), door);
      return asked.answer(deps, unreadOf(context, asked));
    });
  }
  for (const [path, allow] of allowedMethods()) {
    app.all(path, () => {
      throw new Refusal(405, "method-not-allowed", `Only ${allow} is possible here.`, { headers: { allow } });
    });
  }
  app.notFound(() => {
    throw new Refusal(404, "not-found", "There is nothing here. GET /openapi.json says what there is.");
  });
  app.onError(async (error, context) => {
    const refusal = slowedDown(await nameFailure(error, deps), context, attempts);
    if (refusal.status >= 500) deps.log.error({ ...factsOf(context), err: error }, "HTTP request failed");
    return refusal.answer(deps.redact);
  });
  return app;
}

/** Answers are data: no browser is to run, guess, frame or keep them. */
const protection = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

function factsOf(context: Context<Served>) {
  const { method, path } = context.req;
  return { requestId: context.get("requestId"), method, path };
}

/** Whoever is wrong about tokens and signatures too often is told to wait; the log has one line of it. */
function slowedDown(refusal: Refusal, { env }: Context<Served>, attempts: FailedAttempts): Refusal {
  if (refusal.status !== 401) return refusal;
  const waitSeconds = attempts.add(env.incoming.socket.remoteAddress ?? "");
  if (waitSeconds === 0) return refusal;
  const headers = { "retry-after": String(waitSeconds) };
  return new Refusal(429, "too-many-requests", "Too many wrong tokens or signatures came from here.", { headers });
}

async function nameFailure(error: unknown, { redis }: HttpDeps): Promise<Refusal> {
  const hasName = error instanceof Refusal || error instanceof AppError;
  return !hasName && (await isStoreAway(redis, error)) ? redisIsAway(error) : refusalOf(error);
}

/** An order has at most 16,000 characters, each of which JSON may write as six; webhooks of issues are not much larger. */
const limitBytes = { change: 256 * 1024, signed: 1024 * 1024 } as const;

function unreadOf({ req }: Context<Served>, { access }: Operation): Unread {
  return {
    isHead: req.raw.method === "HEAD",
    params: req.param(),
    query: req.query(),
    header: (name) => req.header(name),
    body: () => readBody(req.raw, access === "signed" ? limitBytes.signed : limitBytes.change),
  };
}

function allowedMethods(): Map<string, string> {
  const byPath = new Map<string, string>();
  for (const { path, method } of operations) {
    const allowed = byPath.get(honoPath(path));
    const own = method === "GET" ? "GET, HEAD" : method;
    byPath.set(honoPath(path), allowed === undefined ? own : `${allowed}, ${own}`);
  }
  return byPath;
}

function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}
