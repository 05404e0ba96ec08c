import { z } from "zod";

/** Parameters arrive as JSON, or as text from a query or a form; each of these reads both. */

export const Integer = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);

export const Flag = z.union([z.boolean(), z.string().transform((text) => /^(true|1|yes)$/i.test(text))]).default(false);

export const Text = z.union([z.string(), z.number().transform(String)]);

export const ChatId = Text;

/** An object or a list, which a form sends as JSON text. */
export function Json<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (typeof value === "string" ? parseJson(value) : value), schema);
}

function parseJson(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
