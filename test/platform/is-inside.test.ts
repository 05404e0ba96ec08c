import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isInside } from "../../src/platform/is-inside.ts";
import { isThere, isThereSync } from "../../src/platform/is-there.ts";
import { temporaryFolder } from "../support/project.ts";

test.each([
  ["/srv/shop", "/srv/shop", true],
  ["/srv/shop/main", "/srv/shop", true],
  ["/srv/shop/main", "/srv/shop/", true],
  ["/srv/shop/..x", "/srv/shop", true],
  ["/srv/shop", "/", true],
  ["/srv/shop2", "/srv/shop", false],
  ["/srv", "/srv/shop", false],
  ["/srv/shop/../other", "/srv/shop", false],
])("%s is inside %s: %s", (path, folder, answer) => {
  expect(isInside(path, folder)).toBe(answer);
});

test("a link that leads nowhere is there, and what has no name is not", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await mkdir(at("folder"));
  await writeFile(at("file"), "");
  await symlink("nowhere", at("link"));

  const names = ["folder", "file", "link", "nothing", "file/below"];

  expect(await Promise.all(names.map((name) => isThere(at(name))))).toEqual([true, true, true, false, false]);
  expect(names.map((name) => isThereSync(at(name)))).toEqual([true, true, true, false, false]);
});
