import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";

export interface Asset {
  readonly contentType: string;
  readonly content: Buffer;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The files of the page by their names; the page itself has the empty name. */
export async function loadAssets(): Promise<ReadonlyMap<string, Asset>> {
  const folder = new URL("./page/", import.meta.url);
  const names = (await readdir(folder)).filter((name) => contentTypes[extname(name)] !== undefined);
  const assets = names.map(async (name) => {
    const content = await readFile(new URL(name, folder));
    return [name === "index.html" ? "" : name, { contentType: contentTypes[extname(name)] ?? "", content }] as const;
  });
  return new Map(await Promise.all(assets));
}
