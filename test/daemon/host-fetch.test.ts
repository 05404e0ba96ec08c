import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readRemoteOrder } from "../../src/daemon/host-fetch.ts";
import { startUnguardedJob, type UnguardedJob, type UnguardedJobOptions } from "../security/support/unguarded-job.ts";
import { gitIn } from "../support/project.ts";

test.each([
  [["git", "fetch"], { verb: "fetch", refs: [], filters: [] }],
  [["git", "--no-pager", "fetch", "origin", "main"], { verb: "fetch", refs: ["main"], filters: [] }],
  [["git", "fetch", "--depth", "5", "origin"], { verb: "fetch", refs: [], filters: [] }],
  [["git", "pull", "--ff-only"], { verb: "pull", refs: [], filters: [] }],
  [["git", "ls-remote", "--heads", "origin", "v1"], { verb: "ls-remote", refs: ["v1"], filters: ["--heads"] }],
  [["git", "log", "origin/main"], undefined],
  [["node", "fetch"], undefined],
])("%j is read as what it wants of origin", (argv, order) => {
  expect(readRemoteOrder(argv)).toEqual(order);
});

/** A job whose project has an origin, which has moved on since the job began. */
async function withOrigin<T>(
  act: (place: { job: UnguardedJob; origin: string; tip: string }) => Promise<T>,
  options: UnguardedJobOptions = {},
): Promise<T> {
  await using job = await startUnguardedJob({
    ...options,
    prepare: (main, folder) => {
      gitIn(folder, "clone", "--quiet", "--bare", main, "origin.git");
      gitIn(main, "remote", "add", "origin", join(folder, "origin.git"));
    },
  });
  const origin = join(job.folder, "origin.git");
  gitIn(job.folder, "clone", "--quiet", origin, "colleague");
  const colleague = join(job.folder, "colleague");
  await writeFile(join(colleague, "new.txt"), "new\n");
  gitIn(colleague, "add", "--all");
  gitIn(colleague, "commit", "--quiet", "--message", "second");
  gitIn(colleague, "push", "--quiet", "origin", "HEAD:main", "HEAD:feature");
  return await act({ job, origin, tip: gitIn(colleague, "rev-parse", "HEAD") });
}

test("RC-05 a fetch is carried out in the project's repository, and the job's origin/main follows", async () => {
  await withOrigin(async ({ job, tip }) => {
    const main = gitIn(job.main, "rev-parse", "main");

    const answer = await job.run(["git", "fetch", "origin"]);

    expect(answer).toContain(`origin/main is now ${tip}`);
    expect(gitIn(job.main, "rev-parse", "origin/main")).toBe(tip);
    expect(await job.run(["git", "log", "-1", "--format=%H %s", "origin/main"])).toContain(`${tip} second`);
    expect(gitIn(job.main, "rev-parse", "main")).toBe(main);
  });
});

test("RC-05 the job holds no remote before, and none after", async () => {
  await withOrigin(async ({ job }) => {
    expect(await job.run(["git", "remote", "-v"])).toBe("exit code 0");
    await job.run(["git", "fetch"]);
    expect(await job.run(["git", "remote", "-v"])).toBe("exit code 0");
  });
});

test("a pull is the same, and a fast-forward of the job's own branch", async () => {
  await withOrigin(async ({ job, tip }) => {
    const answer = await job.run(["git", "pull", "--ff-only"]);

    expect(answer).toMatch(/origin\/main is now .*Fast-forward/s);
    expect(await readFile(join(job.workspace.worktreePath, "new.txt"), "utf8")).toBe("new\n");
    expect(await job.run(["git", "rev-parse", "HEAD"])).toContain(tip);
  });
});

test("a pull of a branch that went another way fetches, and says that it could not go forward", async () => {
  await withOrigin(async ({ job, tip }) => {
    await job.run(["git", "commit", "--quiet", "--allow-empty", "-m", "own"]);

    const answer = await job.run(["git", "pull", "--ff-only"]);

    expect(answer).toMatch(/Not possible to fast-forward/);
    expect(await job.run(["git", "rev-parse", "origin/main"])).toContain(tip);
  });
});

test("another branch is refused before anything is fetched", async () => {
  await withOrigin(async ({ job }) => {
    const answer = await job.run(["git", "pull", "origin", "feature"]);

    expect(answer).toMatch(/^Nothing was fetched: .*not feature\.$/);
    expect(gitIn(job.main, "for-each-ref", "refs/remotes")).toBe("");
  });
});

test("ls-remote answers what origin has, and changes nothing", async () => {
  await withOrigin(async ({ job, tip }) => {
    const heads = `${tip}\trefs/heads/feature\n${tip}\trefs/heads/main`;

    expect(await job.run(["git", "ls-remote", "--heads", "origin"])).toBe(heads);
    expect(await job.run(["git", "ls-remote", "origin", "feature"])).toBe(heads.split("\n")[0]);
    expect(await job.run(["git", "ls-remote", "--tags"])).toBe("origin has no such ref.");
    expect(gitIn(job.main, "for-each-ref", "refs/remotes")).toBe("");
  });
});

test("a project without an origin says so", async () => {
  await using job = await startUnguardedJob();

  expect(await job.run(["git", "fetch"])).toBe("The project has no remote called origin; main is all there is.");
});

test("RC-14 the person's credentials go to their server and stand in no answer", async () => {
  const signature = `Basic ${Buffer.from("t0ken-in-the-address:p4ssw0rd-of-ann").toString("base64")}`;
  let signed = 0;
  await using server = createServer(({ headers }, answer) => {
    if (headers.authorization === signature) signed += 1;
    answer.writeHead(headers.authorization === signature ? 403 : 401, { "www-authenticate": "Basic" }).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await using job = await startUnguardedJob({
    prepare: async (main, folder) => {
      gitIn(main, "remote", "add", "origin", `http://t0ken-in-the-address@127.0.0.1:${port}/shop.git`);
      await mkdir(join(folder, "person"));
      const helper = `[credential]\n\thelper = "!f() { echo password=p4ssw0rd-of-ann; }; f"\n`;
      await writeFile(join(folder, "person/.gitconfig"), helper);
    },
  });

  const answer = await job.run(["git", "fetch", "origin"]);

  expect(signed).toBeGreaterThan(0);
  expect(answer).toMatch(/^Fetching origin\/main failed\.\n.*127\.0\.0\.1/s);
  expect(answer).not.toMatch(/t0ken|p4ssw0rd/);
});

/** What an agent can leave in its own repository, to be met by whoever writes `origin/main` there. */
const traps: readonly [string, (place: { repository: string; main: string; marker: string }) => string][] = [
  [
    "a link to the person's branches where the ref would be written",
    ({ repository, main }) =>
      `cd ${repository} && mkdir -p refs/remotes && ln -s ${main}/.git/refs/heads refs/remotes/origin`,
  ],
  [
    "a link to the person's refs",
    ({ repository, main }) => `cd ${repository} && rm -rf refs && ln -s ${main}/.git/refs refs`,
  ],
  [
    "the person's repository as its common one",
    ({ repository, main }) => `echo ${main}/.git > ${repository}/commondir`,
  ],
  [
    "a symbolic ref to a branch",
    ({ repository }) => `mkdir -p ${repository}/refs/remotes/origin
      echo 'ref: refs/heads/main' > ${repository}/refs/remotes/origin/main`,
  ],
  [
    "a log that is a link",
    ({ repository, marker }) => `mkdir -p ${repository}/logs/refs/remotes/origin
      ln -s ${marker} ${repository}/logs/refs/remotes/origin/main; git config core.logAllRefUpdates always`,
  ],
  [
    "a hook",
    ({ repository, marker }) => `mkdir -p ${repository}/hooks
      printf '#!/bin/sh\\ntouch ${marker}\\n' > ${repository}/hooks/reference-transaction
      chmod +x ${repository}/hooks/reference-transaction`,
  ],
  [
    "another address for everything",
    ({ main, marker }) => `git config url.ext::touch\\ ${marker}\\ .insteadOf ${main}/../../
      git config remote.origin.url ${main}/../../elsewhere.git; git config protocol.ext.allow always
      git config remote.origin.uploadpack 'touch ${marker};'; git config core.sshCommand 'touch ${marker};'`,
  ],
  ["a lock that is never released", ({ repository }) => `mkdir -p ${repository}/refs/remotes/origin/main.lock`],
];

test.each(traps)(
  "RC-05 RC-06 a fetch writes nothing elsewhere and runs nothing when the job has %s",
  async (_, trap) => {
    await withOrigin(async ({ job, origin, tip }) => {
      const before = { main: gitIn(job.main, "for-each-ref"), origin: gitIn(origin, "for-each-ref") };
      const marker = join(job.folder, "marker");
      const { repository } = job.workspace.files;
      expect(await job.shell(trap({ repository, main: job.main, marker }))).toMatch(/^exit code 0/);

      await job.run(["git", "fetch", "origin"]);
      await job.run(["git", "pull", "--ff-only"]);

      expect(gitIn(job.main, "for-each-ref")).toBe(`${before.main}\n${tip} commit\trefs/remotes/origin/main`);
      expect(gitIn(origin, "for-each-ref")).toBe(before.origin);
      expect(existsSync(marker)).toBe(false);
    });
  },
);
