import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkFind, checkNode, judgeDisk, judgeGit } from "../../src/cli/doctor/machine.ts";
import type { DoctorRow } from "../../src/cli/doctor/row.ts";
import { judgeRedis } from "../../src/cli/doctor/services.ts";
import { doctor, renderRows, runDoctor } from "../../src/cli/doctor.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { makeProject } from "../support/project.ts";
import { startGitHub } from "../support/trackers/github-server.ts";
import { TrackerWorld } from "../support/trackers/world.ts";

let directory: string;
let scope: AsyncDisposableStack;

beforeEach(async () => {
  scope = new AsyncDisposableStack();
  directory = await mkdtemp(join(tmpdir(), "chargehand-doctor-"));
  scope.defer(() => rm(directory, { recursive: true, force: true }));
});
afterEach(() => scope.disposeAsync());

describe("doctor", () => {
  test("OPS-02 finds a complete installation well", async () => {
    const variables = await completeInstallation();

    const rows = await examine(variables);

    expect(rows.filter(({ state }) => state === "failed")).toEqual([]);
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "Node",
        "git",
        "find",
        "Home",
        "Disk",
        "Redis",
        "Telegram",
        "Configuration",
        "Access",
        "Model",
      ]),
    );
    expect(detailOf(rows, "Telegram")).toMatch(/^@\w+$/);
    expect(detailOf(rows, "Project shop")).toContain("checked by unit");
    expect(detailOf(rows, "Sandbox")).toMatch(/^(bubblewrap|seatbelt)$/);
  });

  test("RC-06 a sandbox that is switched off is named, with what that means", async () => {
    const variables = await completeInstallation({ sandbox: "off" });

    const row = (await examine(variables)).find(({ name }) => name === "Sandbox");

    expect(row).toMatchObject({ state: "warning", detail: expect.stringContaining("agents can change this machine") });
  });

  test.each([
    ["Telegram", { TELEGRAM_BOT_TOKEN: "1:wrong" }, /Copy TELEGRAM_BOT_TOKEN from @BotFather again/],
    ["Telegram", { TELEGRAM_API_ROOT: "http://127.0.0.1:1" }, /Check the network and TELEGRAM_API_ROOT/],
    ["Access", { TELEGRAM_ALLOWED_USERS: "" }, /TELEGRAM_ALLOWED_USERS/],
    ["Model", { OPENAI_API_KEY: "" }, /Set OPENAI_API_KEY/],
    ["Model", { ORCHESTRATOR_MODEL: "" }, /Set ORCHESTRATOR_MODEL/],
    ["Model", { ORCHESTRATOR_MODEL: "grok/9" }, /Write one of openai\/…, anthropic\/…, compatible\/…/],
    ["Redis", { REDIS_URL: "redis://127.0.0.1:1" }, /Start it, correct REDIS_URL/],
    ["Environment", { LOG_LEVEL: "loud" }, /must be one of fatal, error/],
    ["Home", { CHARGEHAND_HOME: "/dev/null/home" }, /set CHARGEHAND_HOME/],
    ["Project shop", { ORCHESTRATOR_BASE_DIR: "/nowhere/shop" }, /Create it, or correct baseDir/],
    ["Engine codex", { ENABLE_REAL_CLI: "1", PATH: "/nowhere" }, /@openai\/codex/],
  ])("OPS-02 a failed row says what to do: %s with %o", async (name, change, remedy) => {
    const variables = await completeInstallation();

    const rows = await examine({ ...variables, ...change });

    const row = rows.find((it) => it.name === name && it.state !== "ok");
    expect(row === undefined ? undefined : JSON.stringify(row)).toMatch(remedy);
  });

  test("OPS-02 engines that nobody named may be missing, but not all of them", async () => {
    const variables = await completeInstallation();
    const engineStates = async (folder: string) => {
      const rows = await examine({ ...variables, ENABLE_REAL_CLI: "1", PATH: folder });
      return rows.filter(({ name }) => name.startsWith("Engine ")).map(({ state }) => state);
    };
    const folder = join(directory, "programs");
    await mkdir(folder);

    const none = await engineStates(folder);
    await writeFile(join(folder, "opencode"), "#!/bin/sh\necho 99.0.0\n", { mode: 0o755 });
    const one = await engineStates(folder);

    expect(none).toEqual(["failed", "failed", "failed"]);
    expect(one).toEqual(["warning", "warning", "ok"]);
  });

  test("OPS-02 variables that cannot be used have a row each, and hide nothing of the rest", async () => {
    const variables = await completeInstallation();

    const rows = await examine({ ...variables, LOG_LEVEL: "loud", ENABLE_REAL_CLI: "yes" });

    expect(rows.filter(({ state }) => state === "failed")).toEqual([
      {
        name: "Environment",
        state: "failed",
        detail: "ENABLE_REAL_CLI cannot be used.",
        remedy: expect.stringMatching(/^Write 1 or 0\.$/),
      },
      {
        name: "Environment",
        state: "failed",
        detail: "LOG_LEVEL cannot be used.",
        remedy: expect.stringMatching(/^It must be one of fatal, /),
      },
    ]);
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Redis", "Telegram", "Model", "Project shop"]),
    );
  });

  test("OPS-02 each mistake of the configuration has a row that names its place", async () => {
    const variables = await completeInstallation({ limits: { concurency: 4 }, sandbox: "of" });

    const rows = (await examine(variables)).filter(({ name }) => name === "Configuration");

    expect(rows.map(({ state }) => state)).toEqual(["failed", "failed"]);
    expect(rows.map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\/.*chargehand\.yaml:1: limits\.concurency: .*did you mean "concurrency"\?/),
        expect.stringMatching(/^\/.*chargehand\.yaml:1: sandbox: /),
      ]),
    );
  });

  test("OPS-02 a problem stands before its remedy, whatever words it has", async () => {
    const variables = await completeInstallation();

    const rows = await examine({
      ...variables,
      REDIS_URL: "redis://127.0.0.1:1",
      ORCHESTRATOR_BASE_DIR: "/nowhere/shop",
    });

    expect(rows).toEqual(
      expect.arrayContaining([
        {
          name: "Redis",
          state: "failed",
          detail: "Redis at 127.0.0.1:1 does not answer (ECONNREFUSED).",
          remedy: "Start it, correct REDIS_URL, or leave REDIS_URL out to use a private one.",
        },
        {
          name: "Project shop",
          state: "failed",
          detail: "the folder /nowhere/shop does not exist.",
          remedy: "Create it, or correct baseDir.",
        },
      ]),
    );
  });

  test("OPS-02 IN-11 what is ordered by itself has its rows, and a list that cannot be read its remedy", async () => {
    const variables = await completeInstallation({
      schedules: {
        nightly: { cron: "0 3 * * *", timezone: "UTC", project: "shop", text: "Update" },
        past: { at: "2020-01-01T00:00:00Z", project: "shop", text: "Tag" },
      },
    });

    const well = await examine({ ...variables, DISPATCH_TASKS: '["Fix the rounding", "Name the tests"]' });
    const ill = await examine({ ...variables, DISPATCH_TASKS: "/nowhere/tasks.txt" });

    expect(detailOf(well, "Schedule nightly")).toMatch(/^next \d{4}-\d\d-\d\dT03:00:00\.000Z$/);
    expect(well.find(({ name }) => name === "Schedule past")?.state).toBe("warning");
    expect(detailOf(well, "Task list")).toBe("2 to order at the start, each once");
    expect(ill.find(({ name }) => name === "Task list")).toMatchObject({
      state: "failed",
      detail: "/nowhere/tasks.txt cannot be read.",
      remedy: expect.stringContaining("DISPATCH_TASKS"),
    });
  });

  test("OPS-02 whatever is not well has a remedy", async () => {
    const rows = await examine({ HOME: directory, CHARGEHAND_HOME: join(directory, "home") });

    for (const row of rows) if (row.state !== "ok") expect(row.remedy).not.toBe("");
    expect(rows.find(({ name }) => name === "Configuration")?.state).toBe("failed");
  });

  test("TG-51 never shows the token", async () => {
    const variables = await completeInstallation();
    const token = "123456:SECRETSECRETSECRETSECRETSECRETSECRET";

    const wrong = await examine({ ...variables, TELEGRAM_BOT_TOKEN: token });
    const away = await examine({ ...variables, TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: "http://127.0.0.1:1" });

    expect(JSON.stringify([wrong, away])).not.toContain("SECRET");
  });

  test("OPS-03 --json prints one document, and the exit code says whether all is well", async () => {
    const variables = await completeInstallation();
    const documents: unknown[] = [];
    const terminal = { document: (value: unknown) => documents.push(value) } as unknown as Terminal;

    const well = await doctor({ terminal, environment: variables, cwd: directory }, { json: true });
    const ill = await doctor(
      { terminal, environment: { ...variables, OPENAI_API_KEY: "" }, cwd: directory },
      { json: true },
    );

    expect([well, ill]).toEqual([0, 1]);
    expect(documents).toEqual([
      expect.objectContaining({ ok: true, rows: expect.any(Array) }),
      expect.objectContaining({ ok: false, rows: expect.any(Array) }),
    ]);
  });
});

test("a person reads a mark, a name, what was found and, below it, what to do", () => {
  const rows: DoctorRow[] = [
    { name: "Node", state: "ok", detail: "24.21.0" },
    { name: "Redis", state: "failed", detail: "does not answer.", remedy: "Start it." },
    { name: "Disk", state: "warning", detail: "1.0 GB free.", remedy: "Free some space." },
  ];

  expect(stripVTControlCharacters(renderRows(rows))).toBe(
    [
      "✓ Node   24.21.0",
      "✗ Redis  does not answer.",
      "         → Start it.",
      "! Disk   1.0 GB free.",
      "         → Free some space.",
    ].join("\n"),
  );
});

test.each([
  ["git version 2.39.5", "ok"],
  ["git version 2.50.1 (Apple Git-155)", "ok"],
  ["git version 3.0.0", "ok"],
  ["git version 2.38.0.windows.1", "ok"],
  ["git version 2.37.9", "failed"],
  ["git version 1.99.0", "failed"],
  [undefined, "failed"],
])("%j can be worked with: %s", (said, state) => {
  expect(judgeGit(said).state).toBe(state);
});

test.each([
  ["is there and does what is asked", undefined, "ok"],
  ["is nowhere on the PATH", "", "failed"],
  ["knows another language", "echo 'unknown predicate' >&2; exit 1", "failed"],
])("OPS-02 GT-07 a find that %s", async (_what, script, state) => {
  if (script !== undefined) vi.stubEnv("PATH", directory);
  if (script) await writeFile(join(directory, "find"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  const row = await checkFind(AbortSignal.timeout(30_000)).finally(() => vi.unstubAllEnvs());

  expect(row.state).toBe(state);
  if (row.state !== "ok") expect(row.remedy).toContain("Install findutils");
});

test.each([
  ["redis_version:7.0.15\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\n", "ok"],
  ["redis_version:7.2.4\r\nvalkey_version:8.1.1\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\n", "ok"],
  ["redis_version:7.0.15\r\naof_enabled:0\r\nmaxmemory_policy:noeviction\r\n", "warning"],
  ["redis_version:7.0.15\r\naof_enabled:1\r\nmaxmemory_policy:allkeys-lru\r\n", "failed"],
  ["redis_version:6.0.16\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\n", "failed"],
  ["", "failed"],
])("a Redis that says %j is %s", (info, state) => {
  expect(judgeRedis("cache:6379", info).state).toBe(state);
});

test.each([
  [100 * 1024 ** 3, "ok"],
  [1024 ** 3, "warning"],
  [1024 ** 2, "failed"],
])("%d free bytes are %s", (freeBytes, state) => {
  expect(judgeDisk(freeBytes).state).toBe(state);
});

test("TR-01 a tracker says who its token speaks as, and what is wrong with its settings", async () => {
  await using github = await startGitHub(new TrackerWorld(), "ghp_right");
  const tracker = { kind: "github", project: "shop", token: "GITHUB_TOKEN" };
  const variables = await completeInstallation({
    trackers: {
      issues: { ...tracker, provider: { repository: "acme/shop", apiUrl: github.url } },
      typo: { ...tracker, provider: { repo: "acme/shop" } },
    },
  });

  const rows = await examine({ ...variables, GITHUB_TOKEN: "ghp_right" });
  const refused = await examine({ ...variables, GITHUB_TOKEN: "ghp_wrong" });

  expect(detailOf(rows, "Tracker issues")).toBe("github, as chargehand-robot, for shop");
  expect(detailOf(rows, "Tracker typo")).toContain("provider.repository");
  expect(refused.find(({ name }) => name === "Tracker issues")?.state).toBe("failed");
  expect(JSON.stringify(refused)).not.toContain("ghp_wrong");
});

test("Node before 24 is refused", () => {
  expect(checkNode("24.0.0").state).toBe("ok");
  expect(checkNode("22.23.3").state).toBe("failed");
});

async function completeInstallation(settings: Record<string, unknown> = {}): Promise<Record<string, string>> {
  const botApi = scope.use(await startBotApi());
  const shop = join(directory, "shop");
  await mkdir(shop);
  await makeProject(shop, { "README.md": "# Shop\n" });
  await writeFile(
    join(directory, "chargehand.yaml"),
    JSON.stringify({
      projects: { shop: { baseDir: shop, checks: { test: [{ label: "unit", cmd: "npm test" }] } } },
      ...settings,
    }),
  );
  return {
    PATH: process.env.PATH ?? "",
    HOME: directory,
    CHARGEHAND_HOME: join(directory, "home"),
    TELEGRAM_BOT_TOKEN: botApi.token,
    TELEGRAM_API_ROOT: botApi.apiRoot,
    TELEGRAM_ALLOWED_USERS: "1001",
    OPENAI_API_KEY: "sk-test",
    ORCHESTRATOR_MODEL: "openai/gpt-5.5",
  };
}

function examine(variables: Record<string, string>): Promise<DoctorRow[]> {
  return runDoctor(variables, directory, AbortSignal.timeout(30_000));
}

function detailOf(rows: readonly DoctorRow[], name: string): string | undefined {
  return rows.find((row) => row.name === name)?.detail;
}
