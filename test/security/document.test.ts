import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { policyTable } from "../../src/core/policy/table.ts";

const checkout = join(import.meta.dirname, "../..");
const path = join(checkout, "docs/security.md");

test("docs/security.md prints the policy as it is", async () => {
  const document = await readFile(path, "utf8");
  const current = `<!-- policy -->\n\n${policyTable()}\n\n<!-- /policy -->`;

  await expect(document.replace(/<!-- policy -->.*<!-- \/policy -->/s, () => current)).toMatchFileSnapshot(path);
});

test("docs/security.md names only tests that there are, and all tests of this folder", async () => {
  const document = await readFile(path, "utf8");
  const named = new Set(Array.from(document.matchAll(/`(test\/[^`]*\.test\.ts)`/g), ([, name = ""]) => name));

  const here = (await readdir(import.meta.dirname)).filter((name) => name.endsWith(".test.ts"));

  expect([...named].filter((name) => !existsSync(join(checkout, name)))).toEqual([]);
  expect(here.filter((name) => name !== "document.test.ts" && !named.has(`test/security/${name}`))).toEqual([]);
});
