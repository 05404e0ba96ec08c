import { z } from "zod";
import { JobId } from "../task.ts";
import { Sha256 } from "./order.ts";

/** What `bundle.json` says of the others. Each file is named with its hash, the ledger also with that of its last line. */
const Contents = z.strictObject({
  format: z.literal(1),
  jobId: JobId,
  /** The ledger as it was when this was written: a ledger that went on is not sealed by it. */
  ledger: z.strictObject({ entries: z.number().int().positive(), lastLine: Sha256 }),
  files: z.array(z.strictObject({ path: z.string(), bytes: z.number().int().nonnegative(), sha256: Sha256 })),
});
export type Contents = z.infer<typeof Contents>;

/** `bundle.json`: the contents, and the SHA-256 of their compact JSON. */
export const Bundle = z.strictObject({ ...Contents.shape, seal: Sha256 });
export type Bundle = z.infer<typeof Bundle>;

/** The text that the seal is the hash of. */
export function sealedText({ format, jobId, ledger, files }: Contents): string {
  return JSON.stringify({ format, jobId, ledger, files });
}

/** The one way in which a document of the bundle is written, so that any other byte is seen. */
export function printDocument(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
