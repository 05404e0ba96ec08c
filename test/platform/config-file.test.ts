import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { Config } from "../../src/core/config.ts";
import { loadConfig } from "../../src/platform/config-file.ts";
import { readEnvironment } from "../../src/platform/environment.ts";
import { readHomeId } from "../../src/platform/home-id.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "chargehand-config-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("the configuration file", () => {
  test("OPS-02 the example can be copied as it is", () => {
    const config = load({ CHARGEHAND_CONFIG: join(import.meta.dirname, "../../chargehand.example.yaml") });

    expect(config.projects.shop).toMatchObject({ baseDir: "/srv/shop", setup: "npm ci", engine: "codex" });
    expect(config.limits).toMatchObject({ commandTimeout: 30 * 60_000, stall: 5 * 60_000 });
  });

  test("OPS-02 the example names every setting there is", async () => {
    const example = await readFile(join(import.meta.dirname, "../../chargehand.example.yaml"), "utf8");
    const settings = namesIn(z.toJSONSchema(Config, { io: "input", unrepresentable: "any" }));

    expect(settings.length).toBeGreaterThan(60);
    expect(settings.filter((name) => !new RegExp(`\\b${name}\\b`).test(example))).toEqual([]);
  });

  test("is found in the working directory, and else in CHARGEHAND_HOME", async () => {
    await writeHome("chargehand.yaml", "projects: { home: { baseDir: /srv/home } }\n");
    expect(Object.keys(load().projects)).toEqual(["home"]);

    await write("chargehand.yaml", "projects: { here: { baseDir: /srv/here } }\n");
    expect(Object.keys(load().projects)).toEqual(["here"]);
  });

  test("IN-07 describes as many projects as there are", async () => {
    await write("chargehand.yaml", "projects: { shop: { baseDir: /srv/shop }, api: { baseDir: /srv/api } }\n");

    expect(Object.keys(load().projects)).toEqual(["shop", "api"]);
  });

  test.each(["/srv/shop", "/srv/shop/held-out", "/srv//shop/./held-out", "/srv/x/../shop/held-out", "held-out"])(
    "GT-09 held-out checks in %s, where agents could read them or which nobody can tell, are refused",
    async (heldOut) => {
      await write("chargehand.yaml", `projects: { shop: { baseDir: /srv/shop/, heldOut: "${heldOut}" } }\n`);

      expect(() => load()).toThrow(/projects\.shop\.heldOut.*(lies inside baseDir|absolute path|without "..")/);
    },
  );

  test("GT-09 held-out checks beside a project are taken, whatever its name begins with", async () => {
    await write("chargehand.yaml", "projects: { shop: { baseDir: /srv/shop, heldOut: /srv/shop-held-out } }\n");

    expect(load().projects.shop?.heldOut).toBe("/srv/shop-held-out");
  });

  test("without an engines section there are three that need no configuration", async () => {
    await write("chargehand.yaml", "projects: {}\n");

    expect(load().engines).toEqual({
      codex: { kind: "codex", env: [], hosts: [] },
      claude: { kind: "claude", env: [], hosts: [] },
      opencode: { kind: "opencode", env: [], hosts: [] },
    });
  });

  test.each([
    [
      "a key that is not known",
      "acess: { owners: [1] }\nprojects: {}",
      ':1: acess: is not known; did you mean "access"?',
    ],
    [
      "a nested key that is not known",
      shop("checks: { tests: [] }"),
      /:3: projects\.shop\.checks\.tests: .*known here: lint, format, typecheck, test|did you mean "test"/,
    ],
    ["a key that nobody can have meant", "projects: {}\ncolour: red", /:2: colour: is not known; known here: access, /],
    [
      "a missing value",
      shop('checks: { test: [{ label: "unit" }] }'),
      ":3: projects.shop.checks.test[0].cmd: is missing.",
    ],
    ["a wrong type", "projects: {}\nlimits: { concurrency: many }", ":2: limits.concurrency: must be a number."],
    [
      "a number that is too big",
      "projects: {}\nlimits: { concurrency: 65 }",
      ":2: limits.concurrency: must be at most 64.",
    ],
    [
      "a bad duration",
      "projects: {}\nlimits: { stall: 5 minutes }",
      /:2: limits\.stall: write a duration as a number and a unit/,
    ],
    [
      "a duration without its unit",
      "projects: {}\nlimits: { stall: 300 }",
      /:2: limits\.stall: write a duration as a number and a unit/,
    ],
    [
      "a number that must not be 0",
      "projects: {}\naccess: { owners: [0] }",
      ":2: access.owners[0]: must be more than 0.",
    ],
    [
      "a pattern without quotes",
      shop("scope: { deny: [*.lock, **] }"),
      /:3: \*\.lock begins with a star, so it must stand in quotes\.\n.*:3: \*\* begins with a star/,
    ],
    ["a star without quotes", shop("scope: { allow: [*] }"), /:3: \* begins with a star, so it must stand in quotes\./],
    ["a bad choice", "projects: {}\nsandbox: maybe", ":2: sandbox: must be one of auto, off."],
    [
      "a relative folder",
      "projects: { shop: { baseDir: shop } }",
      ":1: projects.shop.baseDir: write baseDir as an absolute path.",
    ],
    ["a bad name", 'projects: { "my shop": { baseDir: /srv } }', /:1: projects\.my shop: is not a possible name/],
    [
      "an address that cannot be listened on",
      "projects: {}\nhttp: { host: everywhere }",
      ":2: http.host: write an address of this machine: 127.0.0.1, ::1 or 0.0.0.0.",
    ],
    ["broken YAML", "projects:\n  shop: [", /:3: .+ must be .+/],
    ["a key twice", "projects: {}\nprojects: {}", /:2: .*unique/],
    [
      "an engine that is not there",
      shop("engine: codx"),
      /projects\.shop\.engine: there is no engine "codx". Did you mean "codex"\?/,
    ],
    [
      "a role without its engine",
      "projects: {}\nroles: { engine: gemini }",
      /roles\.engine: there is no engine "gemini". There are codex, claude, opencode\./,
    ],
  ])("names the file, the place and the remedy of %s", async (_what, text, sentence) => {
    const path = await write("chargehand.yaml", `${text}\n`);

    expect(() => load()).toThrow(expect.objectContaining({ code: "bad-config" }));
    expect(() => load()).toThrow(sentence);
    expect(() => load()).toThrow(path);
  });

  test("says everything that is wrong at once", async () => {
    await write("chargehand.yaml", "projects: { shop: { baseDir: shop, mian: main } }\nsandbox: maybe\n");

    expect(() => load()).toThrow(/baseDir: .*\n.*mian: .*\n.*sandbox: /);
  });

  test.each(["", "# nothing\n", "access:\n", "access: { owners: [1001] }\n"])(
    "TG-55 an empty or cut off file is refused, never read as a configuration without limits: %j",
    async (text) => {
      await write("chargehand.yaml", text);

      expect(() => load()).toThrow(expect.objectContaining({ code: "bad-config" }));
    },
  );

  test("a file that was named and is not there is an error, not a reason to look elsewhere", async () => {
    await write("chargehand.yaml", "projects: {}\n");

    expect(() => load({ CHARGEHAND_CONFIG: "other.yaml" })).toThrow(/other\.yaml cannot be read\./);
  });

  test("where there is none, the sentence says how to begin", () => {
    expect(() => load()).toThrow(/Copy chargehand\.example\.yaml to chargehand\.yaml .* or set ORCHESTRATOR_BASE_DIR/);
  });
});

test("a home that is a file, or lies below one, is no bug here: whoever opens it says what is wrong", async () => {
  const file = await write("file", "");
  await write("chargehand.yaml", "projects: {}\n");

  for (const home of [file, join(file, "home")]) {
    expect(load({ CHARGEHAND_HOME: home }).projects).toEqual({});
    expect(await readHomeId(home)).toBeUndefined();
  }
});

describe("the environment goes before the file", () => {
  test("BOT-11 TELEGRAM_ALLOWED_USERS are owners beside those of the file", async () => {
    await write("chargehand.yaml", "access: { owners: [1001], viewers: [1003] }\nprojects: {}\n");

    const { access } = load({ TELEGRAM_ALLOWED_USERS: "1001,1002" });

    expect(access).toEqual({ owners: [1001, 1002], approvers: [], members: [], viewers: [1003] });
  });

  test("ORCHESTRATOR_MODEL leads the jobs", async () => {
    await write("chargehand.yaml", "projects: {}\nroles: { orchestrator: openai/gpt-5.5 }\n");

    expect(load({ ORCHESTRATOR_MODEL: "anthropic/claude-opus-5" }).roles.orchestrator).toBe("anthropic/claude-opus-5");
  });

  test("ORCHESTRATOR_BASE_DIR is a project without a file, checked as its own package.json says", async () => {
    await write(
      "my shop/main/package.json",
      JSON.stringify({ scripts: { test: "node --test", lint: "biome check", start: "x" } }),
    );
    await write("my shop/main/package-lock.json", "{}");

    const config = load({ ORCHESTRATOR_BASE_DIR: join(directory, "my shop") });

    expect(config.projects).toMatchObject({
      "my-shop": {
        baseDir: join(directory, "my shop"),
        main: "main",
        scope: { allow: ["**"], deny: [] },
        setup: "npm ci",
        checks: { lint: [{ label: "lint", cmd: "npm run lint" }], test: [{ label: "test", cmd: "npm test" }] },
      },
    });
    expect(Object.keys(config.engines)).toEqual(["codex", "claude", "opencode"]);
  });

  test("ORCHESTRATOR_BASE_DIR works on master where that is checked out, and on no branch of the moment", async () => {
    await write("old/main/.git/HEAD", "ref: refs/heads/master\n");
    await write("busy/main/.git/HEAD", "ref: refs/heads/try-something\n");

    expect(load({ ORCHESTRATOR_BASE_DIR: join(directory, "old") }).projects.old?.main).toBe("master");
    expect(load({ ORCHESTRATOR_BASE_DIR: join(directory, "busy") }).projects.busy?.main).toBe("main");
  });

  test("ORCHESTRATOR_BASE_DIR keeps what the file says of that folder, and leaves the other projects out", async () => {
    await write(
      "chargehand.yaml",
      "projects: { shop: { baseDir: /srv/shop, setup: make }, api: { baseDir: /srv/api } }\n",
    );

    const { projects } = load({ ORCHESTRATOR_BASE_DIR: "/srv/shop/" });

    expect(projects).toEqual({ shop: expect.objectContaining({ baseDir: "/srv/shop", setup: "make" }) });
  });
});

function load(variables: Record<string, string> = {}) {
  return loadConfig(readEnvironment({ CHARGEHAND_HOME: join(directory, "home"), ...variables }), directory);
}

async function write(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
  return path;
}

function writeHome(name: string, text: string): Promise<string> {
  return write(join("home", name), text);
}

/** The names of all settings that a JSON schema knows, however deep. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, part]) => [
    ...(key === "properties" ? Object.keys(part) : []),
    ...namesIn(part),
  ]);
}

function shop(settings: string): string {
  return `projects:\n  shop:\n    { baseDir: /srv/shop, ${settings} }`;
}
