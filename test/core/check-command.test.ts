import { expect, test } from "vitest";
import { flawOfCheck, flawOfScript } from "../../src/core/check-command.ts";
import { Config } from "../../src/core/config.ts";

test.each([
  "eslint . --fix",
  "npx prettier --write .",
  "npx prettier -w .",
  "biome check --write",
  "vitest run -u",
  "npx vitest --update",
  "npm test -- -u",
  "npx jest --updateSnapshot",
  "node --test --test-update-snapshots",
  "npx playwright test --update-snapshots",
  "pytest --snapshot-update",
  "env INSTA_UPDATE=always cargo test",
  "npm install",
  "npm ci",
  "pnpm add left-pad",
  "pip install -e .",
  "black .",
  "isort src",
  "ruff format",
  "ruff check --fix",
  "cargo fmt",
  "cargo insta accept",
  "gofmt -w .",
  "go mod tidy",
  "terraform fmt",
  "mix format",
  "sed -i s/a/b/ x",
  "rubocop -A",
  "git commit -am x",
  "rm -rf dist",
])("GT-06 `%s` changes files and is refused as a check", (cmd) => {
  expect(flawOfCheck({ cmd })).toMatch(/changes files/);
});

test.each([
  "eslint .",
  "eslint . --fix=false",
  "npx prettier --check .",
  "npx biome check .",
  "npx biome ci .",
  "vitest run",
  "npm test",
  "npm run lint",
  "npm run update-check",
  "npx tsc --noEmit",
  "black --check .",
  "isort --check-only src",
  "ruff format --check",
  "ruff check",
  "cargo fmt --check",
  "cargo test --locked",
  "cargo clippy -- -D warnings",
  "gofmt -l .",
  "go vet ./...",
  "go test ./...",
  "terraform fmt -check",
  "python3 -m pytest tests/install",
  "node --test",
  "make test",
  "sh scripts/test.sh",
  "git diff --check",
])("GT-06 `%s` is an honest check", (cmd) => {
  expect(flawOfCheck({ cmd })).toBeUndefined();
});

test.each([
  "true",
  ":",
  "echo ok",
  "/bin/true",
  "sh -c true",
  "sh -c 'exit 0'",
  "sleep 1",
  "npm --version",
  "env true",
])("GT-13 `%s` checks nothing", (cmd) => {
  expect(flawOfCheck({ cmd })).toMatch(/checks nothing/);
});

test.each<[string, RegExp]>([
  ["true", /checks nothing/],
  ["echo passed && exit 0", /checks nothing/],
  ["tsc && vitest run -u", /changes files/],
])("GT-06 GT-13 the script `%s` is no check", (script, flaw) => {
  expect(flawOfScript(script)).toMatch(flaw);
});

test("GT-06 a configuration with such a check is not loaded, and the place is named", () => {
  const projects = { shop: { baseDir: "/srv/shop", checks: { lint: [{ label: "lint", cmd: "eslint --fix ." }] } } };

  const result = Config.safeParse({ projects });

  expect(result.error?.issues[0]?.path).toEqual(["projects", "shop", "checks", "lint", 0, "cmd"]);
  expect(result.error?.issues[0]?.message).toMatch(/`--fix` changes files/);
});
