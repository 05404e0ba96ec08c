import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as typeof addFormats.default)(ajv);

/** What is published of the documents that commands print. */
export const published = JSON.parse(readFileSync(join(import.meta.dirname, "../../../docs/command-line.json"), "utf8"));
ajv.addSchema(published, "command-line");

/** Where a document is not as is published for this command. */
export function flawsOf(path: string, document: unknown): string[] {
  const validate = ajv.compile({ $ref: `command-line#/$defs/${encodeURIComponent(path)}` });
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}
