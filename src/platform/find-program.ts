import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** Where `./chargehand` puts the programs it fetches for itself. */
export const ownPrograms = join(import.meta.dirname, "../../.tools/bin");

/** The absolute path of the first of these programs that stands in one of the folders. */
export function findProgram(names: readonly string[], searchPath = usualSearchPath()): string | undefined {
  const folders = searchPath.split(delimiter).filter(isAbsolute);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

function usualSearchPath(): string {
  return [process.env.PATH ?? "/usr/bin:/bin", ownPrograms].join(delimiter);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
