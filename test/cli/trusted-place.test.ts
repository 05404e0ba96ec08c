import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chargehandHere } from "./support/in-process.ts";

let own: string;
let worktree: string;

beforeAll(async () => {
  own = await realpath(await mkdtemp(join(tmpdir(), "chargehand-place-")));
  worktree = join(own, "shop/task-7kq2m9xd");
  await mkdir(join(own, "shop/main/.git"), { recursive: true });
  await mkdir(worktree);
  await writeFile(join(worktree, ".git"), "gitdir: elsewhere\n");
  await writeFile(join(worktree, ".env"), "LOG_LEVEL=silent\n");
});
afterAll(() => rm(own, { recursive: true, force: true }));

test.each([
  "up",
  "bot",
  "daemon",
  "mcp",
  "status",
  "list",
  "logs",
  "projects",
  "schedules",
  "recover",
  "prune",
  "submit Fix",
  "wait 7kq2m9xd",
  "cancel 7kq2m9xd",
  "merge 7kq2m9xd",
])("%s does not read what a job could have written, says so in one sentence, and exits with 2", async (line) => {
  const place = { environment: { HOME: own }, cwd: worktree };

  const { exitCode, stdout, stderr } = await chargehandHere(line.split(" "), place);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toBe(
    `chargehand: ${worktree}/.env is not read: it lies in ${own}/shop, a project's folder, where a job could have written it. ` +
      "Keep .env in a folder of your own and start Chargehand there.\n",
  );
});
