import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../core/error.ts";
import { HomeId } from "../core/home.ts";

/** The id of a home, or nothing where no daemon has ever worked. */
export async function readHomeId(home: string): Promise<HomeId | undefined> {
  const path = fileOf(home);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (text === undefined || text === "") return undefined;
  const id = HomeId.safeParse(text.trim());
  if (id.success) return id.data;
  throw new AppError("bad-config", `${path} is no home's id. Restore it, or remove it if there are no jobs here yet.`);
}

/** The id of a home, which gets one if it has none. Only whoever works there alone may ask. */
export async function keepHomeId(home: string): Promise<HomeId> {
  const known = await readHomeId(home);
  if (known !== undefined) return known;
  const id = randomBytes(6).toString("hex");
  await writeFile(fileOf(home), `${id}\n`, { mode: 0o600, flush: true });
  return id;
}

function fileOf(home: string): string {
  return join(home, "home-id");
}
