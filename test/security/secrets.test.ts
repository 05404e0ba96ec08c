import { execFileSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Installation, patience, prepareInstallation, runs } from "../support/installation.ts";
import { startWith } from "./support/settings.ts";

/** Known to the daemon by its environment, and of a shape that no pattern finds. */
const known = "wHiSkEy-tAnGo.fOxTrOt_mIkE";
/** Known to nobody, and of a shape that says what it is. */
const token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

/** Says its own secret in every way that an engine has to say something. */
const leaky = `#!/bin/sh
say() { printf '%s\\n' "{\\"type\\":\\"action\\",\\"id\\":\\"$1\\",\\"kind\\":\\"$2\\",\\"title\\":\\"$3\\",\\"phase\\":\\"completed\\"}"; }
env
echo "plain $LEAKY_KEY and ${token}"
printf '%.13s' "$LEAKY_KEY"; sleep 0.1; printf '%s\\n' "$LEAKY_KEY" | cut -c14-
printf 'coloured \\033[1m%s\\033[0m\\n' "$LEAKY_KEY"
printf '%s' "$LEAKY_KEY" | base64
echo "to stderr $LEAKY_KEY ${token}" >&2
say a command "curl -H 'Authorization: $LEAKY_KEY'"
say b message "the token is ${token}"
echo "$LEAKY_KEY ${token}" > leaked.txt
echo "$LEAKY_KEY" > "named-$LEAKY_KEY.txt"
git add -A && git -c user.name=x -c user.email=x@example.org commit -qm "with $LEAKY_KEY"
printf '%s\\n' "{\\"type\\":\\"completed\\",\\"ok\\":true,\\"answer\\":\\"done with $LEAKY_KEY and ${token}\\"}"
`;

test("RC-14 no secret that an engine says reaches a model, a chat, a log or an artifact", async () => {
  await using shop = await prepareInstallation({
    script: runs(
      'engine leaky "Say it"',
      "cat leaked.txt",
      "git log --format=%B -1",
      "git diff main",
      "ls",
      "node print.js",
    ),
    environment: { LEAKY_KEY: known, ORCHESTRATOR_TRACE: "1", LOG_LEVEL: "trace" },
    files: { "print.js": print },
    checks: { test: [{ label: "unit", cmd: "node print.js" }] },
  });
  await writeFile(join(shop.folder, "leaky.sh"), leaky);
  await chmod(join(shop.folder, "leaky.sh"), 0o755);
  const engine = { kind: "custom", command: ["./leaky.sh"], env: ["LEAKY_KEY"] };
  await startWith(shop, { engines: { leaky: engine }, limits: { maxIterations: 2 } });

  shop.ann.sends("Say it");
  await shop.ann.sees(/[Rr]ejected|[Bb]locked/, patience);
  await shop.stop("SIGTERM");

  const secrets = [known, token, base64Of(known), shop.botApi.token, "sk-test-1234567890"];
  for (const [place, text] of Object.entries(everythingSaid(shop))) {
    for (const secret of secrets) expect(text.includes(secret), `${secret} in ${place}`).toBe(false);
  }
  expect(everythingSaid(shop).model).toContain("[redacted:");
  expect(filesWith(shop, secrets)).toEqual([]);
});

/** A test of the project that prints what it finds, so that its output is one more way. */
const print = `
const { existsSync, readdirSync, readFileSync } = require("node:fs");
console.log("from a test: ${token}", readdirSync("."));
if (existsSync("leaked.txt")) throw new Error(readFileSync("leaked.txt", "utf8"));
`;

function base64Of(text: string): string {
  return Buffer.from(text).toString("base64").replace(/=+$/, "").slice(0, -1);
}

function everythingSaid({ model, botApi, log }: Installation): Record<string, string> {
  return {
    model: JSON.stringify(model.requests.map(({ view }) => view?.body)),
    chat: JSON.stringify(botApi.calls.map(({ params }) => params)),
    log: log(),
  };
}

/** The daemon's files, but for the job's own repository and what is kept of it: what an engine commits is its own. */
function filesWith({ home }: Installation, secrets: readonly string[]): string[] {
  const patterns = secrets.flatMap((secret) => ["-e", secret]);
  const repositories = ["repository.git", "harness.git", "kept.git"].map((name) => `--exclude-dir=${name}`);
  const options = ["-rlFa", ...repositories, ...patterns, home];
  try {
    return execFileSync("grep", options, { encoding: "utf8" }).trim().split("\n");
  } catch (error) {
    if ((error as { status?: number }).status === 1) return [];
    throw error;
  }
}
