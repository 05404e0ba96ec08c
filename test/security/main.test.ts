import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gitIn, writeFiles } from "../support/project.ts";
import { startUnguardedJob, type UnguardedJob } from "./support/unguarded-job.ts";

const token = "0123456789abcdef0123456789abcdef01234567";
let job: UnguardedJob;

beforeAll(async () => {
  job = await startUnguardedJob({
    files: {
      "package.json": `{ "scripts": { "test": "node test.js" } }`,
      "test.js": `console.log("tested");`,
      "config/a.txt": "tracked\n",
      ".npmrc": "fund=false\n",
      ".gitignore": ".env*\nid_*\nnode_modules\n",
    },
    prepare: async (main) => {
      gitIn(main, "remote", "add", "origin", `https://${token}@git.example.org/shop.git`);
      await writeFiles(main, {
        ".env": "PASSWORD=of-the-person\n",
        "config/.env.local": "PASSWORD=of-the-person\n",
        "config/id_ed25519": "key of-the-person\n",
        ".env.example": "PASSWORD=\n",
        "node_modules/x/index.js": "exports.x = 1;\n",
      });
    },
  });
});
afterAll(() => job[Symbol.asyncDispose]());

test("RC-06 main can be read and tested, and not changed by any command", async () => {
  expect(await job.run(["npm", "test"], "main")).toContain("tested");
  for (const script of [
    "echo x > test.js",
    "touch new",
    "rm config/a.txt",
    "touch .git/x",
    "git commit --allow-empty -m x",
  ])
    expect(await job.shell(script, "main")).not.toMatch(/^exit code 0/);
  expect(gitIn(job.main, "status", "--porcelain")).toBe("");
  expect(gitIn(job.main, "rev-list", "--count", "main")).toBe("1");
});

test("RC-14 what lies in main untracked and is a secret by its name reads as empty; everything else is as it is", async () => {
  const answer = await job.shell(
    "cat .env config/.env.local config/id_ed25519; cat .npmrc config/a.txt .env.example node_modules/x/index.js",
    "main",
  );

  expect(answer).toBe("exit code 0\nfund=false\ntracked\nPASSWORD=\nexports.x = 1;");
});

test("RC-14 a token in the address of a remote is not shown", async () => {
  const answer = await job.run(["git", "remote", "-v"], "main");

  expect(answer).toContain("git.example.org/shop.git");
  expect(answer).not.toContain(token);
});

test("RC-06 what an agent left in its home is not there for commands in main", async () => {
  await job.shell(`cd && mkdir -p .node_modules/x && echo 'node-options=--require=left.js' > .npmrc && echo x > left`);

  expect(await job.shell("ls -A ~ | grep -v npm", "main")).toBe("exit code 1");
  expect(await job.run(["npm", "test"], "main")).toContain("tested");
});

test("RC-06 main sees nothing of the job, and the job nothing of main", async () => {
  const { repository, commandHome } = job.workspace.files;
  const { worktreePath } = job.workspace;

  expect(await job.shell(`ls ${repository} ${commandHome} ${worktreePath}`, "main")).toMatch(/^exit code 2\nstderr:/);
  expect(await job.shell(`ls -A ${job.main} ${join(job.main, ".git")}`)).toBe(
    `exit code 0\n${job.main}:\n.git\n\n${join(job.main, ".git")}:\nobjects`,
  );
});
