import { realpathSync } from "node:fs";
import { join } from "node:path";

/**
 * Where the real program lies behind the one npm installs. The wrapper is a Node process that dies alone when killed and
 * leaves the real one, with all it started, behind.
 */
export function codexNativePrograms(programPath: string): string[] {
  const packagePath = join(realpathSync(programPath), "../..");
  const triple = triples[`${process.platform}-${process.arch}`];
  if (triple === undefined) return [];
  const platformPackage = `codex-${process.platform}-${process.arch}`;
  return [
    join(packagePath, "node_modules/@openai", platformPackage),
    join(packagePath, "..", platformPackage),
    packagePath,
  ].map((folder) => join(folder, "vendor", triple, "bin/codex"));
}

const triples: Readonly<Record<string, string>> = {
  "linux-x64": "x86_64-unknown-linux-musl",
  "linux-arm64": "aarch64-unknown-linux-musl",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
};
