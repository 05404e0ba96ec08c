import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import type { Simulation } from "../../src/agents/engines/simulation.ts";
import { type Installation, offered, patience, runs, startInstallation } from "../support/installation.ts";
import { gitIn, writeFiles } from "../support/project.ts";

const right = { write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } };
/** Right work, of which the first run is cut off by whatever ends the daemon. */
const cutOff: Simulation = [{ onRun: 1, do: [right, { say: "Working." }, { hang: true }] }, { do: [right] }];

/** What a person does to the project while no daemon runs: main moves, and nothing in it is in the scope any more. */
async function editEverything({ folder, main }: Installation): Promise<void> {
  await writeFiles(main, { "README.md": "# Shop\n" });
  gitIn(main, "add", ".");
  gitIn(main, "commit", "--quiet", "--message", "A title");
  const path = join(folder, "chargehand.yaml");
  const config = parse(await readFile(path, "utf8"));
  config.projects.shop.scope = { allow: ["docs/**"] };
  config.projects.shop.checks = { test: [{ label: "other", cmd: "node --test" }] };
  await writeFile(path, stringify(config));
}

test("IN-06 a job is judged as it was ordered, whatever is edited meanwhile; the next order is judged by what is configured then", async () => {
  const engine = 'codex exec "Fix the price"';
  await using shop = await startInstallation({ script: runs(engine, engine), simulation: cutOff });
  const base = gitIn(shop.main, "rev-parse", "main");
  shop.ann.sends("Fix the price");
  await shop.ann.sees(/Working\./, patience);
  await shop.stop("SIGKILL");
  await editEverything(shop);

  await shop.start("up");
  const result = await offered(shop, "Merge");

  expect(result.text).toContain("✓ unit");
  const [accepted = ""] = gitIn(shop.main, "for-each-ref", "--format=%(objectname)", "refs/heads/chargehand").split(
    "\n",
  );
  expect(gitIn(shop.main, "rev-parse", `${accepted}^`)).toBe(base);
  shop.ann.sends("Fix the price again");
  await shop.ann.sees(/EROFS/, patience);
}, 240_000);
