import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bundle, printDocument, sealedText } from "../../src/core/evidence/bundle.ts";
import { sha256 } from "../../src/platform/evidence/hash.ts";

/** Alters one file of a bundle and seals the bundle anew, as a forger would who has read our code. */
export async function reseal(directory: string, name: string, alter: (text: string) => string): Promise<void> {
  const path = join(directory, name);
  const altered = alter(await readFile(path, "utf8"));
  await writeFile(path, altered);
  const bundlePath = join(directory, "bundle.json");
  const bundle = Bundle.parse(JSON.parse(await readFile(bundlePath, "utf8")));
  const entry = { path: name, bytes: Buffer.byteLength(altered), sha256: sha256(altered) };
  const contents = { ...bundle, files: bundle.files.map((file) => (file.path === name ? entry : file)) };
  await writeFile(bundlePath, printDocument({ ...contents, seal: sha256(sealedText(contents)) }));
}
