import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { patience, runs, startInstallation } from "../support/installation.ts";
import { temporaryFolder } from "../support/project.ts";

test("EN-05 engines that cannot work are warned of at the start, and an order for one is answered with the remedy", async () => {
  await using folder = await temporaryFolder();
  const old = join(folder.path, "claude");
  await writeFile(old, '#!/bin/sh\necho "1.0.0 (Claude Code)"\n');
  await chmod(old, 0o755);
  await using shop = await startInstallation({
    script: runs('codex exec "Fix the price"', 'claude -p "Fix the price"'),
    environment: { ENABLE_REAL_CLI: "1" },
    settings: {
      engines: { codex: { kind: "codex", command: ["/nowhere/codex"] }, claude: { kind: "claude", command: [old] } },
      limits: { maxIterations: 1 },
    },
  });
  const missing = "/nowhere/codex is not installed. npm install --global @openai/codex";
  const tooOld = `${old} is 1.0.0, older than`;

  shop.ann.sends("Fix the price");
  await shop.ann.sees(/[Rr]ejected/, patience);
  await shop.botApi.until(() => shop.log().includes(missing) && shop.log().includes(tooOld), patience);

  const answers = shop.model.requests.at(-1)?.view?.toolResults.map(({ text }) => text);
  expect(answers?.[0]).toContain(`not run: ${missing}`);
  expect(answers?.[1]).toContain(`not run: ${tooOld}`);
  expect(shop.log()).toContain('"level":"warn"');
});
