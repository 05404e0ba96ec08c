import type { z } from "zod";
import { badRequest } from "../api-error.ts";
import type { UploadedFile } from "../files.ts";
import type { World } from "../world.ts";

/** A call as it came over HTTP: parameters not yet read, files by the name of their form field. */
export interface IncomingCall {
  readonly params: Readonly<Record<string, unknown>>;
  readonly files: ReadonlyMap<string, UploadedFile>;
}

/** Runs a call and returns its `result`; a refusal is an ApiError. */
export type Method = (world: World, call: IncomingCall, signal: AbortSignal) => unknown;

/** A method whose parameters are read by a schema before anything happens. */
export function method<Schema extends z.ZodType>(
  schema: Schema,
  run: (world: World, params: z.infer<Schema>, call: IncomingCall, signal: AbortSignal) => unknown,
): Method {
  return (world, call, signal) => {
    const params = schema.safeParse(call.params);
    if (params.success) return run(world, params.data, call, signal);
    const [issue] = params.error.issues;
    throw badRequest(`Can't parse "${issue?.path.join(".")}": ${issue?.message}`);
  };
}
