import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Installation } from "../../support/installation.ts";

/** Starts an installation with more in its `chargehand.yaml`, for those who need to know where it lies to say what. */
export async function startWith(
  shop: Installation,
  {
    project = {},
    ...more
  }: Readonly<Record<string, unknown>> & { readonly project?: Readonly<Record<string, unknown>> },
): Promise<void> {
  const path = join(shop.folder, "chargehand.yaml");
  const config = parse(await readFile(path, "utf8"));
  const projects = { shop: { ...config.projects.shop, ...project } };
  await writeFile(path, stringify({ ...config, ...more, projects }));
  if ((await shop.start("up")) === "ended") throw new Error(`Chargehand did not start:\n${shop.log()}`);
}
