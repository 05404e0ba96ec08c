import { z } from "zod";
import { nearest } from "../core/nearest.ts";

/** One thing that is wrong in what a person wrote, and where. */
export interface WrittenIssue {
  readonly path: readonly PropertyKey[];
  readonly sentence: string;
}

type Written<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issues: WrittenIssue[] };

/** Parses what a person wrote. Where that fails, every issue says what to write instead. */
export function readWritten<Schema extends z.ZodType>(schema: Schema, written: unknown): Written<z.output<Schema>> {
  const result = schema.safeParse(written, { error: sentenceFor });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, issues: result.error.issues.flatMap((issue) => writtenIssues(issue, schema)) };
}

/** `projects.shop.checks.test[0].cmd`, the way a person would point at it. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

/** Zod's own words, where they would not tell a person what to do. A schema's own message goes before these. */
function sentenceFor(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") {
    if (issue.input === undefined || issue.input === null) return "is missing";
    return `must be ${inWords[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === "invalid_value") return `must be one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "too_small") {
    if (issue.origin !== "number") return "is empty";
    return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
  }
  if (issue.code === "too_big") return `must be at most ${issue.maximum}`;
  if (issue.code === "invalid_key") return "is not a possible name: use letters, digits and dashes";
  return undefined;
}

const inWords: Readonly<Record<string, string>> = {
  string: "a text (in quotes)",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of settings",
  record: "a group of names, each with its settings",
};

function writtenIssues(issue: z.core.$ZodIssue, schema: z.ZodType): WrittenIssue[] {
  if (issue.code !== "unrecognized_keys") return [{ path: issue.path, sentence: issue.message }];
  const known = knownKeys(schema, issue.path);
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const remedy = meant === undefined ? `known here: ${known.join(", ")}` : `did you mean "${meant}"?`;
    return { path: [...issue.path, key], sentence: `is not known; ${remedy}` };
  });
}

/** The part of JSON Schema that tells which keys may stand where. */
const Node = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  propertyNames: z.object({ enum: z.array(z.string()).optional() }).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
});

function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let node = Node.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  for (const key of path) {
    const next = typeof key === "number" ? node.items : (node.properties?.[String(key)] ?? node.additionalProperties);
    node = Node.catch({}).parse(next);
  }
  return node.propertyNames?.enum ?? Object.keys(node.properties ?? {});
}
