import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../src/platform/config-file.ts";
import { readEnvironment, readVariables } from "../../src/platform/environment.ts";

let own: string;
let shop: string;

beforeEach(async () => {
  own = await realpath(await mkdtemp(join(tmpdir(), "chargehand-place-")));
  shop = join(own, "shop");
  await mkdir(join(shop, "main/.git"), { recursive: true });
});
afterEach(() => rm(own, { recursive: true, force: true }));

test.each(["", "main", "main/packages/api", "task-7kq2m9xd"])(
  "a configuration in shop/%s of the project it names is refused, and says where to keep it",
  async (folder) => {
    await configure(join(shop, folder, "chargehand.yaml"));

    expect(() => load(join(shop, folder))).toThrow(
      /chargehand\.yaml is not read: it lies in .*\/shop, .* Keep chargehand\.yaml in a folder of your own/,
    );
  },
);

test("a configuration beside or above the project is read", async () => {
  await configure(join(own, "chargehand.yaml"));
  await configure(join(own, "shop-settings/chargehand.yaml"));

  expect(Object.keys(load(own).projects)).toEqual(["shop"]);
  expect(Object.keys(load(join(own, "shop-settings")).projects)).toEqual(["shop"]);
});

test("CHARGEHAND_CONFIG and CHARGEHAND_HOME do not make a project's folder a place to read from", async () => {
  const path = await configure(join(shop, "main/settings/chargehand.yaml"));

  expect(() => load(own, { CHARGEHAND_CONFIG: path })).toThrow(/is not read/);
  expect(() => load(own, { CHARGEHAND_HOME: dirname(path) })).toThrow(/is not read/);
});

test("a link is followed: neither what it points to nor the link itself may be a project's", async () => {
  const safe = await configure(join(own, "safe/chargehand.yaml"));
  const theirs = await configure(join(shop, "main/chargehand.yaml"));
  await symlink(theirs, join(own, "chargehand.yaml"));
  await symlink(join(shop, "main"), join(own, "checkout"));
  await mkdir(join(shop, "main/links"));
  await symlink(safe, join(shop, "main/links/chargehand.yaml"));
  await symlink(join(shop, "main/links/chargehand.yaml"), join(own, "long-way.yaml"));

  expect(() => load(own)).toThrow(/is not read/);
  expect(() => load(join(own, "checkout"))).toThrow(/is not read/);
  expect(() => load(join(shop, "main/links"))).toThrow(/is not read/);
  expect(() => load(own, { CHARGEHAND_CONFIG: join(own, "long-way.yaml") })).toThrow(/is not read/);
});

test("a home in a project's folder is refused, also one behind a link that is yet to be made", async () => {
  await configure(join(own, "chargehand.yaml"));
  await symlink(join(shop, "main"), join(own, "checkout"));
  const inside = /^CHARGEHAND_HOME, .*, lies in .*\/shop, .* Set it to a folder outside of all projects\.$/;

  expect(() => load(own, { CHARGEHAND_HOME: join(shop, "home") })).toThrow(inside);
  expect(() => load(own, { CHARGEHAND_HOME: join(own, "checkout/state/home") })).toThrow(inside);
  expect(Object.keys(load(own, { CHARGEHAND_HOME: join(own, "home") }).projects)).toEqual(["shop"]);
});

test("a project that is named by a link is the same project", async () => {
  await symlink(shop, join(own, "linked"));
  await configure(join(shop, "main/chargehand.yaml"), join(own, "linked"));

  expect(() => load(join(shop, "main"))).toThrow(/is not read/);
});

test("a .env in a project's folder is refused beside a configuration that is in order", async () => {
  await configure(join(own, "home/chargehand.yaml"));
  await writeFile(join(shop, "main/.env"), "LOG_LEVEL=silent\n");

  expect(() => load(join(shop, "main"), { CHARGEHAND_HOME: join(own, "home") })).toThrow(/\.env is not read/);
});

test("a .env is refused where ORCHESTRATOR_BASE_DIR alone names the project", async () => {
  await writeFile(join(shop, "main/.env"), `ORCHESTRATOR_BASE_DIR=${shop}\n`);

  expect(() => load(join(shop, "main"))).toThrow(/\.env is not read/);
});

test.each([
  ["a worktree of a job stands there", "task-7kq2m9xd/.git"],
  ["a daemon has its bins there", ".chargehand/0123abcd/removed/x"],
])("where %s, what a file says of other projects does not matter", async (_, trace) => {
  await mkdir(join(shop, trace), { recursive: true });
  await configure(join(shop, "main/chargehand.yaml"), join(own, "elsewhere"));
  await writeFile(join(shop, "main/.env"), `ORCHESTRATOR_BASE_DIR=${join(own, "elsewhere")}\n`);

  expect(() => loadConfig(readEnvironment({ HOME: own }), join(shop, "main"))).toThrow(/chargehand\.yaml is not read/);
  expect(() => readVariables({ HOME: own }, join(shop, "main"))).toThrow(/\.env is not read/);
});

function load(directory: string, variables: Record<string, string> = {}) {
  return loadConfig(readEnvironment(readVariables({ HOME: own, ...variables }, directory)), directory);
}

async function configure(path: string, baseDir = shop): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify({ projects: { shop: { baseDir } } }));
  return path;
}
