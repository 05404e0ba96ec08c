import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { publishedSchemas } from "../../../src/core/evidence/schemas.ts";

const folder = join(import.meta.dirname, "../../../docs/schemas");

test("OPS-04 the published JSON schemas are those that the code reads with (node scripts/write-schemas.ts writes them)", async () => {
  const schemas = publishedSchemas();

  expect((await readdir(folder)).toSorted()).toEqual(Object.keys(schemas).toSorted());
  for (const [name, schema] of Object.entries(schemas)) {
    const written: unknown = JSON.parse(await readFile(join(folder, name), "utf8"));
    expect(written, name).toEqual(JSON.parse(JSON.stringify(schema)));
  }
});
