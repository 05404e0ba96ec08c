import type { z } from "zod";
import { AppError } from "../../core/error.ts";

/** Reads a body by its schema; what does not fit is refused with the path and the reason. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const { path, message } = result.error.issues.map(deepest).reduce(deeper);
  throw new AppError("bad-input", `${path.join(".") || "body"}: ${message}`);
}

type Issue = Pick<z.core.$ZodIssue, "path" | "message">;

/** Of the alternatives of a union the one that was followed furthest is the one that was meant. */
function deepest(issue: z.core.$ZodIssue): Issue {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const { path, message } = issue.errors
    .flatMap((issues) => issues.map(deepest))
    .reduce(deeper, { ...issue, path: [] });
  return { path: [...issue.path, ...path], message };
}

function deeper(one: Issue, other: Issue): Issue {
  return other.path.length > one.path.length ? other : one;
}
