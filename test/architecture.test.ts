import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

interface Floor {
  /** Floors this one may import from, besides itself. */
  readonly floors: readonly string[];
  /** Packages it may import; `node` stands for Node's own modules, `@scope/` for a whole scope. */
  readonly packages: readonly string[];
}

/** The walls of the house. Moving one means changing a line here. */
const floors: Readonly<Record<string, Floor>> = {
  core: { floors: [], packages: ["zod"] },
  platform: { floors: ["core"], packages: ["node", "zod", "pino", "ioredis", "bullmq", "yaml"] },
  agents: { floors: ["core", "platform"], packages: ["node", "zod", "ai", "@ai-sdk/"] },
  daemon: {
    floors: ["core", "platform", "agents"],
    packages: ["node", "zod", "pino", "ioredis", "bullmq", "picomatch"],
  },
  bot: { floors: ["core", "platform"], packages: ["node", "zod", "pino", "ioredis", "bullmq", "grammy", "@grammyjs/"] },
  /** Tasks that nobody types: trackers, schedules, a list. */
  sources: {
    floors: ["core", "platform"],
    packages: ["node", "zod", "yaml", "pino", "ioredis", "bullmq", "@octokit/", "@linear/"],
  },
  http: {
    floors: ["core", "platform"],
    packages: [
      "node",
      "zod",
      "pino",
      "ioredis",
      "hono",
      "@hono/",
      "prom-client",
      "zod-openapi",
      "@octokit/webhooks-methods",
      "@linear/sdk",
    ],
  },
  mcp: { floors: ["core", "platform"], packages: ["node", "zod", "@modelcontextprotocol/"] },
  emulators: { floors: ["core"], packages: ["node", "zod"] },
  demo: {
    floors: ["core", "platform", "agents", "daemon", "bot", "emulators", "cli"],
    packages: ["node", "zod", "pino"],
  },
  cli: {
    floors: ["core", "platform", "agents", "daemon", "bot", "sources", "http", "mcp", "emulators", "demo"],
    packages: ["node", "zod", "pino", "ioredis", "bullmq", "commander"],
  },
};

/** The floors on which something is said to a person on a terminal. */
const speaking = ["cli", "demo"];

const longest = 250;
/** Files that may be longer, each with its reason. */
const longFiles: readonly string[] = [];

/** A call, not a word in a comment. */
const writesToConsole = /^(?!\s*(?:\*|\/\/)).*\bconsole\./m;

const root = join(import.meta.dirname, "..");
const source = join(root, "src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

describe("architecture", () => {
  test.each(files)("%s stands on its floor and leans on nothing above it", (file) => {
    const floor = floorOf(file);
    expect(Object.keys(floors)).toContain(floor);

    const strangers = specifiersOf(file).filter((specifier) => !mayImport(file, floor, specifier));

    expect(strangers).toEqual([]);
  });

  test("no file needs itself to run first, however far around", () => {
    expect(files.flatMap((file) => cycleThrough(file))).toEqual([]);
  });

  test("bot and daemon never meet but in Redis", () => {
    expect(reachableFrom("bot").filter((file) => floorOf(file) === "daemon")).toEqual([]);
    expect(reachableFrom("daemon").filter((file) => floorOf(file) === "bot")).toEqual([]);
  });

  test("a file is short enough to be read in one go", () => {
    const long = files.filter((file) => read(file).split("\n").length - 1 > longest && !longFiles.includes(file));

    expect(long).toEqual([]);
  });

  test("only what talks to a terminal writes to the console", () => {
    const talkers = files.filter((file) => !speaking.includes(floorOf(file)) && writesToConsole.test(read(file)));

    expect(talkers).toEqual([]);
  });

  test("no file knows where its author keeps the checkout", () => {
    const everything = ["src", "test", "scripts", "bench", "docs"].flatMap(filesUnder);

    expect(everything.filter((path) => readFileSync(path, "utf8").includes(root))).toEqual([]);
  });
});

/** `cli.ts` is the door of the cli floor. */
function floorOf(file: string): string {
  return file.split("/")[0]?.replace(/\.ts$/, "") ?? "";
}

function mayImport(file: string, floor: string, specifier: string): boolean {
  const { floors: below, packages } = floors[floor] ?? { floors: [], packages: [] };
  if (specifier.startsWith(".")) {
    const target = floorOf(resolveImport(file, specifier));
    return specifier.endsWith(".ts") && (target === floor || below.includes(target));
  }
  if (specifier.startsWith("node:")) return packages.includes("node");
  return packages.some((name) => specifier === name || specifier.startsWith(name.endsWith("/") ? name : `${name}/`));
}

interface Import {
  readonly specifier: string;
  /** `import type` is gone before anything runs. */
  readonly isType: boolean;
}

function importsOf(file: string): Import[] {
  const statements =
    /^(?:import|export)\s+(type\s)?[^;"]*?from\s+"([^"\s]+)"|\bimport\(\s*"([^"\s]+)"|^import\s+"([^"\s]+)"/gm;
  return Array.from(read(file).matchAll(statements), ([, type, ...specifiers]) => ({
    specifier: specifiers.find((it) => it !== undefined) ?? "",
    isType: type !== undefined,
  }));
}

function resolveImport(file: string, specifier: string): string {
  return relative(source, resolve(source, dirname(file), specifier));
}

function specifiersOf(file: string): string[] {
  return (imports.get(file) ?? []).map(({ specifier }) => specifier);
}

/** The files of ours that must run before this one can. */
function neighboursOf(file: string): string[] {
  const needed = (imports.get(file) ?? []).filter(({ specifier, isType }) => specifier.startsWith(".") && !isType);
  return needed.map(({ specifier }) => resolveImport(file, specifier));
}

function reachableFrom(floor: string): string[] {
  return [...reach(files.filter((file) => floorOf(file) === floor))];
}

function cycleThrough(file: string): string[] {
  return reach(neighboursOf(file)).has(file) ? [file] : [];
}

/** Everything these files need, they themselves included. */
function reach(starts: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const open = [...starts];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    open.push(...neighboursOf(file));
  }
  return seen;
}

function read(file: string): string {
  return readFileSync(join(source, file), "utf8");
}

function filesUnder(folder: string): string[] {
  try {
    const paths = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
    return paths.filter((path) => /\.(ts|md|sh)$/.test(path)).map((path) => join(root, folder, path));
  } catch {
    return [];
  }
}
