import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import { AppError, ErrorCode, sentenceOf } from "../core/error.ts";

/** What a request can be refused for, beside everything that has a name already. */
const HttpErrorCode = z.enum([
  "unauthorized",
  "method-not-allowed",
  "too-large",
  "unsupported-media-type",
  "too-many-requests",
]);
const RefusalCode = z.enum([...ErrorCode.options, ...HttpErrorCode.options]);
type RefusalCode = z.infer<typeof RefusalCode>;

const Field = z.strictObject({
  path: z.string().meta({ description: "Where it stands, as in `advice` or `order.text`." }),
  message: z.string(),
});
export type Field = z.infer<typeof Field>;

/** The one shape of every answer that is no success. */
export const ErrorAnswer = z
  .strictObject({
    error: z.strictObject({
      code: RefusalCode.meta({ description: "For programs; it does not change." }),
      message: z.string().meta({ description: "For people: what is wrong, and what to do." }),
      fields: z.array(Field).optional().meta({ description: "Each field that is wrong." }),
    }),
  })
  .meta({ id: "Error" });

/** A request that is not carried out, with all that the answer says about it. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: RefusalCode;
  readonly fields: readonly Field[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: RefusalCode,
    message: string,
    {
      fields,
      headers = {},
      cause,
    }: { fields?: readonly Field[]; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.headers = headers;
  }

  answer(redact: (text: string) => string): Response {
    const fields = this.fields?.map(({ path, message }) => ({ path: redact(path), message: redact(message) }));
    const error = { code: this.code, message: redact(this.message), ...(fields && { fields }) };
    return Response.json({ error }, { status: this.status, headers: this.headers });
  }
}

const statusOf: Partial<Record<ErrorCode, number>> = {
  "bad-input": 400,
  "not-allowed": 403,
  "not-found": 404,
  conflict: 409,
  "redis-unavailable": 503,
};

/** Any failure as an answer. One without a name says nothing of itself: its words are for the log. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof HTTPException) return new Refusal(error.status, "bad-input", "This request cannot be read.");
  const { code, sentence } = sentenceOf(error);
  return new Refusal((error instanceof AppError && statusOf[code]) || 500, code, sentence, { cause: error });
}

export function redisIsAway(cause?: unknown): Refusal {
  const sentence = "Redis does not answer, so nothing can be read or ordered now. Try again in a moment.";
  return new Refusal(503, "redis-unavailable", sentence, { cause, headers: { "retry-after": "2" } });
}
