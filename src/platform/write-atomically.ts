import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Puts a file in its place whole, or not at all; only we may read it. */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  { flush = true }: { flush?: boolean } = {},
): Promise<void> {
  const fresh = `${path}.new`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(fresh, content, { mode: 0o600, flush });
  await rename(fresh, path);
}
