import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { artifacts, isArtifactPath } from "../../core/evidence/artifacts.ts";
import { Bundle, printDocument, sealedText } from "../../core/evidence/bundle.ts";
import type { Defect } from "./defect.ts";
import { sha256 } from "./hash.ts";

export interface CheckedFiles {
  readonly bundle?: Bundle;
  /** Every artifact that is there, by its path. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly defects: readonly Defect[];
}

/** Compares a folder with its `bundle.json`, byte for byte, and `bundle.json` with its own seal. */
export async function checkFiles(directory: string): Promise<CheckedFiles> {
  const files = await readArtifacts(directory);
  const text = files.get(artifacts.bundle)?.toString();
  if (text === undefined) {
    const sentence = "It is missing: the job is at work, or was never sealed.";
    return { files, defects: [{ file: artifacts.bundle, sentence }] };
  }
  const read = Bundle.safeParse(parsed(text));
  if (!read.success) {
    return { files, defects: [{ file: artifacts.bundle, sentence: "It cannot be read as a bundle." }] };
  }
  const bundle = read.data;
  const isIntact = printDocument(bundle) === text && sha256(sealedText(bundle)) === bundle.seal;
  const own: Defect[] = isIntact
    ? []
    : [{ file: artifacts.bundle, sentence: "It was altered: its seal does not fit." }];
  return { bundle, files, defects: [...own, ...compare(bundle, files)] };
}

function compare({ files: listed }: Bundle, files: ReadonlyMap<string, Buffer>): Defect[] {
  const names = new Set(listed.map(({ path }) => path));
  const unlisted = [...files.keys()].filter((path) => !names.has(path) && !unsealed.includes(path));
  return [
    ...listed.flatMap(({ path, bytes, sha256: hash }): Defect[] => {
      const content = files.get(path);
      if (content === undefined) return [{ file: path, sentence: "It is sealed, and is missing." }];
      if (content.length === bytes && sha256(content) === hash) return [];
      return [{ file: path, sentence: "It was altered after it was sealed." }];
    }),
    ...unlisted.map((file) => ({ file, sentence: "It came after the seal: bundle.json does not name it." })),
  ];
}

const unsealed: readonly string[] = [artifacts.bundle, artifacts.unmeasuredPatch];

async function readArtifacts(directory: string): Promise<Map<string, Buffer>> {
  const top = Object.values(artifacts);
  const inSteps = await readdir(join(directory, "steps"), { recursive: true }).catch(() => []);
  const paths = [...top, ...inSteps.map((path) => `steps/${path}`)].filter(isArtifactPath);
  const files = new Map<string, Buffer>();
  for (const path of paths) {
    const isFile = (await stat(join(directory, path)).catch(() => undefined))?.isFile() ?? false;
    if (isFile) files.set(path, await readFile(join(directory, path)));
  }
  return files;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
