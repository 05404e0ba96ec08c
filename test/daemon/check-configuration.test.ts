import { expect, test } from "vitest";
import { Project } from "../../src/core/config.ts";
import { configurationChanges, type FileChange } from "../../src/daemon/check-configuration.ts";

const project = Project.parse({
  baseDir: "/srv/shop",
  checks: {
    lint: [{ label: "lint", cmd: "sh scripts/lint.sh" }],
    test: [
      { label: "unit", cmd: "npm test" },
      { label: "make", cmd: "make check" },
    ],
  },
});
const packageFile = (more: Record<string, unknown>) =>
  JSON.stringify({
    name: "shop",
    scripts: { test: "vitest run", start: "node ." },
    devDependencies: { vitest: "1.0.0" },
    ...more,
  });
const base = packageFile({});

const change = (path: string, before: string | undefined, after: string | undefined): FileChange => ({
  path,
  before,
  after,
});

test.each<[string, FileChange]>([
  ["attributes that rewrite files", change("src/.gitattributes", undefined, "*.js working-tree-encoding=UTF-16\n")],
  ["evidence 22 a new vitest config that excludes tests", change("vitest.config.ts", undefined, "export default {}")],
  ["evidence 22 a changed vitest config in a package", change("packages/a/vitest.config.mts", "a", "b")],
  ["evidence 22 pytest's addopts", change("pytest.ini", "[pytest]\n", "[pytest]\naddopts = -k nothing\n")],
  [
    "evidence 22 pytest's section of pyproject.toml",
    change("pyproject.toml", "[project]\n", '[project]\n[tool.pytest.ini_options]\naddopts = "-x"\n'),
  ],
  ["pytest's section as a dotted key", change("pyproject.toml", "", 'tool.pytest.ini_options.addopts = "-x"\n')],
  [
    "pytest's section under quoted names",
    change("pyproject.toml", "", '["tool"."pytest".ini_options]\naddopts = "-x"\n'),
  ],
  ["evidence 22 tsconfig's exclude", change("tsconfig.json", "{}", '{"exclude":["src"]}')],
  [
    "evidence 23 the test script",
    change("package.json", base, packageFile({ scripts: { test: "true", start: "node ." } })),
  ],
  [
    "a script that npm runs before the tests",
    change(
      "package.json",
      base,
      packageFile({ scripts: { test: "vitest run", start: "node .", pretest: "node cheat.js" } }),
    ),
  ],
  [
    "a script that npm runs at an install",
    change(
      "package.json",
      base,
      packageFile({ scripts: { test: "vitest run", start: "node .", prepare: "node cheat.js" } }),
    ),
  ],
  [
    "jest's settings in package.json",
    change("package.json", base, packageFile({ jest: { testPathIgnorePatterns: ["."] } })),
  ],
  [
    "a runner that comes from a folder",
    change("package.json", base, packageFile({ devDependencies: { vitest: "file:./fake" } })),
  ],
  ["a package.json that is none", change("package.json", base, "{")],
  [
    "a conftest.py that was not there",
    change("tests/unit/conftest.py", undefined, "def pytest_runtest_makereport(): ..."),
  ],
  ["a module in pytest's place", change("pytest.py", undefined, "print('1 passed')")],
  ["a package in pytest's place", change("pytest/__init__.py", undefined, "")],
  ["sitecustomize.py", change("sitecustomize.py", undefined, "")],
  ["NODE_OPTIONS in .env", change(".env", "A=1\n", "A=1\nNODE_OPTIONS=--require ./cheat.js\n")],
  [".npmrc", change(".npmrc", undefined, "script-shell=./cheat")],
  ["a file that a check's command names", change("scripts/lint.sh", "eslint .", "true")],
  ["the Makefile of a check", change("Makefile", "check:\n\tpytest\n", "check:\n\ttrue\n")],
  ["go.mod's replace", change("go.mod", "module x\n", "module x\nreplace a => ./fake\n")],
  [
    "cargo's test profile",
    change("Cargo.toml", "[package]\n", "[package]\n[profile.test]\ndebug-assertions = false\n"),
  ],
  ["cargo's test targets", change("Cargo.toml", "[package]\n", '[package]\n[[test]]\nname = "a"\nharness = false\n')],
  ["a dependency that is committed", change("node_modules/vitest/index.js", undefined, "")],
  ["a config that is deleted", change("eslint.config.js", "export default []", undefined)],
])("GT-11 %s is seen", (_name, one) => {
  expect(configurationChanges([one], project)).toHaveLength(1);
});

test.each<[string, FileChange]>([
  ["a dependency", change("package.json", base, packageFile({ dependencies: { zod: "4.0.0" } }))],
  [
    "a version and a description",
    change("package.json", base, packageFile({ version: "2.0.0", description: "A shop" })),
  ],
  [
    "a new script",
    change("package.json", base, packageFile({ scripts: { test: "vitest run", start: "node .", build: "tsc" } })),
  ],
  ["package.json's layout", change("package.json", base, JSON.stringify(JSON.parse(base), null, 2))],
  ["a new package in its own folder", change("packages/new/package.json", undefined, base)],
  ["a Python dependency", change("pyproject.toml", "[project]\n", '[project]\ndependencies = ["x"]\n')],
  ["a Cargo dependency", change("Cargo.toml", "[dependencies]\n", '[dependencies]\nserde = "1"\n')],
  ["a Go dependency", change("go.mod", "module x\n", "module x\nrequire a v1.0.0\n")],
  ["an application's own setting", change(".env", "A=1\n", "A=2\n")],
  ["source code", change("src/config.ts", "a", "b")],
  ["a build file that no check uses", change("justfile", "a", "b")],
])("GT-11 %s is honest work", (_name, one) => {
  expect(configurationChanges([one], project)).toEqual([]);
});

test("GT-11 the operator's word allows one file, or all of them", () => {
  const changes = [change("tsconfig.json", "{}", '{"strict":true}'), change("biome.json", "{}", "{ }")];
  const one = Project.parse({ ...project, scope: { allowCheckConfig: ["tsconfig.json"] } });

  expect(configurationChanges(changes, one)).toEqual([expect.stringMatching(/^biome\.json decides/)]);
  expect(configurationChanges(changes, { ...project, checkConfig: "allow" })).toEqual([]);
});

test("GT-11 a module in the place of one that Python's runners import is seen at the top, and only where Python checks", () => {
  const python = Project.parse({ ...project, checks: { test: [{ label: "unit", cmd: "python3 -m unittest" }] } });
  const changes = [
    change("argparse.py", undefined, "print('Ran 5 tests in 0.001s')"),
    change("email/__init__.py", undefined, ""),
    change("email/welcome.html", undefined, "<p>"),
    change("shop/types.py", undefined, ""),
    change("queue.py", "a", "b"),
  ];

  expect(configurationChanges(changes, python)).toEqual([
    expect.stringMatching(/^argparse\.py decides/),
    expect.stringMatching(/^email\/__init__\.py decides/),
  ]);
  expect(configurationChanges(changes, project)).toEqual([]);
});
