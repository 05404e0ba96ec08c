import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandLineSchema } from "../src/cli/documents.ts";
import { printDocument } from "../src/core/evidence/bundle.ts";
import { publishedSchemas } from "../src/core/evidence/schemas.ts";
import { openApiDocument } from "../src/http/openapi.ts";
import { operations } from "../src/http/operations/all.ts";

// Writes docs/schemas, docs/command-line.json and docs/openapi.json anew from the types that the code itself reads with; a test says when that is due.
const folder = join(import.meta.dirname, "../docs/schemas");
for (const [name, schema] of Object.entries(publishedSchemas())) {
  await writeFile(join(folder, name), printDocument(schema));
}
await writeFile(join(folder, "../openapi.json"), printDocument(openApiDocument(operations)));
await writeFile(join(folder, "../command-line.json"), printDocument(commandLineSchema()));
