import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, execute, parse, validate } from "graphql";
import { z } from "zod";
import { linearRoot } from "./linear-root.ts";
import { type Call, type Reply, StrictServer } from "./strict-server.ts";
import type { TrackerWorld } from "./world.ts";

const schema = buildSchema(
  readFileSync(join(import.meta.dirname, "../../fixtures/trackers/linear-schema.graphql"), "utf8"),
);

const Request = z.strictObject({ query: z.string(), variables: z.record(z.string(), z.unknown()).optional() });

/**
 * The team SHOP behind Linear's API: every document is validated and executed against Linear's own schema, as far as the
 * adapter may use it. A document or a variable that the schema does not allow is a violation.
 */
export async function startLinear(world: TrackerWorld, token: string): Promise<StrictServer> {
  const root = linearRoot(world);
  const server: StrictServer = new StrictServer(async (call) => {
    if (call.method !== "POST" || call.path !== "/graphql") return server.violate(`no such address: ${call.path}`);
    if (call.headers.authorization !== token) return refused(call);
    const request = Request.safeParse(call.body);
    if (!request.success) return server.violate(`no GraphQL request: ${request.error.message}`);
    const document = parse(request.data.query);
    const [mistake] = validate(schema, document);
    if (mistake !== undefined) return server.violate(mistake.message);
    const result = await execute({ schema, document, rootValue: root, variableValues: request.data.variables ?? {} });
    const [error] = result.errors ?? [];
    if (error !== undefined && !/^Entity not found/.test(error.message)) return server.violate(error.message);
    if (error !== undefined) return invalid(error.message);
    return { status: 200, body: spoilt(world, JSON.parse(JSON.stringify(result))) };
  });
  await server.start();
  return server;
}

function refused(_: Call): Reply {
  return failure(401, "Authentication required, not authenticated", "authentication error", "AUTHENTICATION_ERROR");
}

function invalid(message: string): Reply {
  return failure(400, message, "invalid input", "INPUT_ERROR");
}

function failure(status: number, message: string, type: string, code: string): Reply {
  return { status, body: { errors: [{ message, extensions: { type, code, userError: true } }] } };
}

/** Spoils, in an answer that the schema allowed, the issues that the world says are broken. */
function spoilt(world: TrackerWorld, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((it) => spoilt(world, it));
  if (typeof value !== "object" || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, it]) => [key, spoilt(world, it)]));
  const issue = world.visible().find(({ number }) => inner.identifier === `SHOP-${number}`);
  if (issue?.broken === "title") return { ...inner, title: null };
  if (issue?.broken !== "metadata") return inner;
  return {
    ...inner,
    createdAt: "soon",
    creator: "ann",
    assignee: 3,
    labels: { nodes: [{ name: 7 }] },
    priority: "high",
  };
}
