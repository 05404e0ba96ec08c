import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Project } from "../core/config.ts";

const PackageFile = z.object({ scripts: z.record(z.string(), z.string()).default({}) });

/** What a repository's own files say about checking it: a start for a project that nobody has configured yet. */
export function detectChecks(repository: string): Pick<Project, "setup" | "checks"> {
  if (existsSync(join(repository, "package.json"))) return npmChecks(repository);
  if (existsSync(join(repository, "Cargo.toml"))) return testedBy("cargo", "cargo test");
  if (existsSync(join(repository, "go.mod"))) return testedBy("go", "go test ./...");
  if (existsSync(join(repository, "pyproject.toml"))) return testedBy("pytest", "python3 -m pytest");
  return { checks: {} };
}

function testedBy(label: string, cmd: string): Pick<Project, "checks"> {
  return { checks: { test: [{ label, cmd }] } };
}

function npmChecks(repository: string): Pick<Project, "setup" | "checks"> {
  const { scripts } = readPackageFile(join(repository, "package.json"));
  const check = (name: string) => ({ label: name, cmd: name === "test" ? "npm test" : `npm run ${name}` });
  // The test script that `npm init` writes only fails.
  const declared = ["lint", "typecheck", "test"].filter(
    (name) => scripts[name] !== undefined && !scripts[name].includes("no test specified"),
  );
  return {
    ...(existsSync(join(repository, "package-lock.json")) && { setup: "npm ci" }),
    checks: Object.fromEntries(declared.map((name) => [name, [check(name)]])),
  };
}

/** One that cannot be read declares nothing; the project's own commands will say why. */
function readPackageFile(path: string): z.infer<typeof PackageFile> {
  try {
    return PackageFile.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return { scripts: {} };
  }
}
