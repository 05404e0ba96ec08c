import { spawnSync } from "node:child_process";
import { appendFile, link, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Candidate, takeCandidate } from "../../src/daemon/candidate.ts";
import { checkOut } from "../../src/daemon/checkout.ts";
import { makeWorkspace, type Workspace, workspaceOf } from "../../src/daemon/workspace.ts";
import { gitIn, makeProject, never, temporaryFolder, writeFiles } from "../support/project.ts";

const files = {
  "src/a.txt": "one\n",
  "src/deep/er/b.txt": "two\n",
  "lib/c.txt": "three\n",
  "tests/run.sh": "exit 1\n",
};
const scope = { allow: ["**"], deny: ["tests/**"] };

interface Taken {
  readonly candidate: Candidate;
  readonly workspace: Workspace;
  /** The text of a file in the candidate's tree. */
  readonly text: (path: string) => string;
}

/** Lets an engine loose in a worktree and takes what the harness sees afterwards. */
async function afterwards<T>(
  act: (worktree: string, workspace: Workspace) => Promise<void> | void,
  look: (taken: Taken) => Promise<T> | T,
  base: Readonly<Record<string, string>> = files,
): Promise<T> {
  await using folder = await temporaryFolder();
  const { project, baseCommit } = await makeProject(join(folder.path, "shop"), base);
  const workspace = workspaceOf(join(folder.path, "home"), project, "aaaa1111");
  await mkdir(workspace.files.directory, { recursive: true });
  await makeWorkspace(workspace, { project, jobId: "aaaa1111", commit: baseCommit }, never);
  await act(workspace.worktreePath, workspace);
  const candidate = await takeCandidate(workspace, { baseCommit, scope }, never);
  const text = (path: string) =>
    spawnSync("git", ["--git-dir", workspace.files.harness, "cat-file", "blob", `${candidate.tree}:${path}`], {
      encoding: "utf8",
    }).stdout;
  return await look({ candidate, workspace, text });
}

const shell = (script: string) => (worktree: string) => void spawnSync("sh", ["-c", script], { cwd: worktree });

test.each<[string, (worktree: string) => Promise<void> | void, RegExp]>([
  ["a file that became a pipe", shell("rm src/a.txt && mkfifo src/a.txt"), /^src\/a\.txt is neither a file nor a link/],
  ["a file that became a device", shell("rm src/a.txt && mknod src/a.txt c 1 5 || mkfifo src/a.txt"), /neither a file/],
  [
    "a file without end",
    (worktree) => writeFile(join(worktree, "src/a.txt"), "").then(() => truncate(join(worktree, "src/a.txt"), 2 ** 40)),
    /MB; above 50 MB/,
  ],
  ["a new file without end", shell("truncate -s 1T src/big"), /^src\/big is \d+ MB/],
  ["a repository under the name .GIT", shell("mkdir src/.GIT && echo x > src/.GIT/config"), /name that git refuses/],
  ["a repository under a short name", shell("mkdir src/git~1 && echo x > src/git~1/config"), /name that git refuses/],
  ["a name that is no UTF-8", shell("printf x > \"$(printf 'src/\\377')\""), /no valid UTF-8/],
  ["a folder replaced by a link out of the tree", shell("rm -r src && ln -s /etc src"), /^src is a link that leaves/],
  [
    "a link by way of a link",
    shell("ln -s ../.. src/deep/top && ln -s deep/top/../x src/out"),
    /^src\/out is a link that leaves/,
  ],
  ["links in a circle", shell("ln -s q src/p && ln -s p src/q"), /link that leaves/],
  ["a link into .git", shell("ln -s ../.Git/config src/p"), /link that leaves/],
  [
    "an old link led astray by a new one",
    shell("rm -r lib && ln -s src/deep/../../src/deep lib && ln -s ../../../x lib/out"),
    /link that leaves/,
  ],
  [
    "case-only rename of a file out of scope",
    (worktree) => rename(join(worktree, "tests/run.sh"), join(worktree, "tests/Run.sh")),
    /tests\/Run\.sh is outside the scope/,
  ],
  [
    "a name that ends in a blank, beside one out of scope",
    shell("echo x > 'tests/run.sh '"),
    /"tests\/run\.sh " is outside/,
  ],
  ["a name with a newline out of scope", shell("echo x > \"$(printf 'tests/a\\nb')\""), /"tests\/a\\nb" is outside/],
  [
    "a sparse checkout that hides it",
    (worktree) => {
      gitIn(worktree, "sparse-checkout", "set", "src");
      gitIn(worktree, "commit", "--quiet", "--allow-empty", "--message", "x");
    },
    /tests\/run\.sh is outside/,
  ],
  [
    "intent to add",
    (worktree) =>
      writeFile(join(worktree, "tests/new"), "x").then(() => void gitIn(worktree, "add", "-N", "tests/new")),
    /tests\/new is outside/,
  ],
  [
    "a submodule with its .gitmodules",
    (worktree) => {
      gitIn(
        worktree,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        "--force",
        worktree,
        "src/module",
      );
    },
    /nested repositories are not taken|became a submodule/,
  ],
])("GT-07 %s is seen", async (_name, act, sentence) => {
  const violations = await afterwards(act, ({ candidate }) => candidate.violations);

  expect(violations.join("\n")).toMatch(new RegExp(sentence, "m"));
});

test.each<[string, string, readonly string[]]>([
  ["written over, times put back", "touch -r A T; printf 'eno\\n' > A; touch -r T A; rm T", ["src/a.txt"]],
  [
    "moved away, changed and moved back",
    "touch -r A T; mv A M; printf 'eno\\n' > M; mv M A; touch -r T A; rm T",
    ["src/a.txt"],
  ],
  [
    "written through another name",
    "touch -r A T; ln A L; printf 'eno\\n' > L; rm L; touch -r T A; rm T",
    ["src/a.txt"],
  ],
  [
    "two files of one size that changed places",
    "touch -r A T; mv A M; mv B A; mv M B; touch -r T A B; rm T",
    ["src/a.txt", "src/deep/er/b.txt"],
  ],
  ["another file linked into its place", "touch -r A T; ln -f B A; touch -r T A; rm T", ["src/a.txt"]],
  ["executable from now on", "touch -r A T; chmod +x A; touch -r T A; rm T", ["src/a.txt"]],
])("GT-02 evidence 17 %s: seen in the very second in which it was checked out", async (_name, script, seen) => {
  const named = script.replace(/\bA\b/g, "src/a.txt").replace(/\bB\b/g, "src/deep/er/b.txt");

  const paths = await afterwards(
    shell(named.replace(/\b([TML])\b/g, "../$1-of-trick")),
    ({ candidate }) => candidate.paths,
  );

  expect(paths).toEqual(seen);
});

test("GT-02 a repository made inside a folder of the base hides nothing in it", async () => {
  await afterwards(
    async (worktree) => {
      gitIn(join(worktree, "src"), "init", "--quiet");
      await writeFiles(worktree, { "src/a.txt": "changed\n", "src/new.txt": "new\n" });
    },
    ({ candidate, text }) => {
      expect(candidate.paths).toEqual(["src/a.txt", "src/new.txt"]);
      expect(text("src/new.txt")).toBe("new\n");
    },
  );
});

test("GT-02 a folder that became a file, and a file that became a folder, are taken as they are", async () => {
  await afterwards(
    shell("rm -r src/deep && echo x > src/deep && rm lib/c.txt && mkdir lib/c.txt && echo y > lib/c.txt/d"),
    (taken) => {
      expect(taken.candidate.violations).toEqual([]);
      expect(taken.candidate.paths).toEqual(["lib/c.txt", "lib/c.txt/d", "src/deep", "src/deep/er/b.txt"]);
      expect(taken.text("lib/c.txt/d")).toBe("y\n");
    },
  );
});

test("GT-02 a hard link to a file elsewhere is a copy of its content", async () => {
  await afterwards(
    async (worktree, workspace) => {
      const outside = join(workspace.files.directory, "outside");
      await writeFile(outside, "content\n");
      await link(outside, join(worktree, "src/hard"));
    },
    ({ text }) => expect(text("src/hard")).toBe("content\n"),
  );
});

test("GT-02 pipes and sockets beside the work are no part of it and hold nobody up", async () => {
  await afterwards(
    async (worktree) => {
      shell("mkfifo src/pipe && echo better > src/a.txt")(worktree);
      const server = createServer().listen(join(worktree, "src/s"));
      await new Promise((resolve) => server.once("listening", resolve));
      await rename(join(worktree, "src/s"), join(worktree, "src/socket"));
      server.close();
    },
    ({ candidate }) => expect(candidate.paths).toEqual(["src/a.txt"]),
  );
});

test.each([
  ["* text eol=crlf\n", "one\ntwo\n"],
  ["* text=auto\n", "one\r\ntwo\r\n"],
  ["* crlf\n", "one\r\n"],
  ["* ident\n", "$Id: hidden(); $\n"],
  ["* working-tree-encoding=UTF-16LE text\n", "o\0n\0e\0\n\0"],
  ["[attr]binary text eol=crlf\n*.txt binary\n", "one\r\n"],
])(
  "GT-02 evidence 21 attributes of the agent (%j) change no byte of what is hashed or checked out",
  async (attributes, content) => {
    await afterwards(
      async (worktree) => {
        await writeFiles(worktree, {
          ".gitattributes": attributes,
          "src/.gitattributes": attributes,
          "src/a.txt": content,
        });
      },
      async ({ candidate, workspace }) => {
        const checkout = join(workspace.files.directory, "fresh");
        await checkOut({ files: workspace.files, tree: candidate.tree, checkout }, never);

        expect(await readFile(join(checkout, "src/a.txt"), "utf8")).toBe(content);
      },
    );
  },
);

test("GT-02 evidence 21 export-ignore drops nothing from the fresh checkout", async () => {
  await afterwards(
    (worktree) => writeFiles(worktree, { ".gitattributes": "tests export-ignore\n* export-subst\n", "src/new": "x\n" }),
    async ({ candidate, workspace }) => {
      const checkout = join(workspace.files.directory, "fresh");
      await checkOut({ files: workspace.files, tree: candidate.tree, checkout }, never);

      expect(await readFile(join(checkout, "tests/run.sh"), "utf8")).toBe("exit 1\n");
    },
  );
});

test("GT-02 evidence 21 what the base calls binary is not made text by a macro of the agent", async () => {
  await afterwards(
    (worktree) =>
      writeFiles(worktree, {
        "src/.gitattributes": "x ident\n",
        ".gitattributes": "[attr]binary text eol=crlf\n",
        "src/a.txt": "two\n",
      }),
    async ({ candidate, workspace }) => {
      const checkout = join(workspace.files.directory, "fresh");
      await checkOut({ files: workspace.files, tree: candidate.tree, checkout }, never);

      expect(await readFile(join(checkout, "src/a.txt"), "utf8")).toBe("two\n");
    },
    { ...files, "src/.gitattributes": "*.txt binary\n" },
  );
});

test("GT-02 evidence 2 an ignore file of the agent, in scope or not, hides no new file", async () => {
  await afterwards(
    (worktree) =>
      writeFiles(worktree, { "src/.gitignore": "*\n", "src/new.txt": "new\n", "lib/deep/.gitignore": "*\n" }),
    ({ candidate }) => expect(candidate.paths).toEqual(["lib/deep/.gitignore", "src/.gitignore", "src/new.txt"]),
  );
});

test("GT-02 files of the base are gone where a link that is ignored took their folder's place", async () => {
  await afterwards(
    shell("rm -r build && ln -s src build"),
    ({ candidate }) => expect(candidate.paths).toEqual(["build/x"]),
    { ...files, ".gitignore": "build\n", "build/x": "one\n" },
  );
});

test("GT-02 evidence 17 a file is read even where no time of it has changed", async () => {
  // So many that the index is written later than the first file, by any clock.
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, number) => [`many/${number}.txt`, "x\n"]));
  await afterwards(
    async (worktree, workspace) => {
      // As where the kernel leaves the change time as it was: git is told not to look at it.
      await appendFile(join(workspace.files.harness, "config"), "[core]\n\ttrustctime = false\n");
      shell("cp -p lib/c.txt ../times; printf 'eerht\\n' > lib/c.txt; touch -r ../times lib/c.txt; rm ../times")(
        worktree,
      );
    },
    ({ candidate }) => expect(candidate.paths).toEqual(["lib/c.txt"]),
    { ...files, ...many },
  );
});

test("GT-02 the base's own attributes, nested ones too, still say what its files look like", async () => {
  const base = {
    ".gitattributes": "*.bat text eol=crlf\n",
    "a b/.gitattributes": "x.txt text eol=crlf\n/top.txt text eol=crlf\n",
    "run.bat": "one\n",
    "a b/x.txt": "one\n",
    "a b/top.txt": "one\n",
    "a b/c/top.txt": "one\n",
  };
  await afterwards(
    (worktree) => rm(join(worktree, ".gitattributes")),
    async ({ candidate, workspace }) => {
      const checkout = join(workspace.files.directory, "fresh");
      await checkOut({ files: workspace.files, tree: candidate.tree, checkout }, never);
      const read = (path: string) => readFile(join(checkout, path), "utf8");

      expect(candidate.paths).toEqual([".gitattributes"]);
      expect(await Promise.all(["run.bat", "a b/x.txt", "a b/top.txt", "a b/c/top.txt"].map(read))).toEqual([
        "one\r\n",
        "one\r\n",
        "one\r\n",
        "one\n",
      ]);
    },
    base,
  );
});

test("GT-07 ten thousand violations are told in a few lines", async () => {
  const violations = await afterwards(
    shell("mkdir tests/many && cd tests/many && seq 1 2000 | xargs touch"),
    ({ candidate }) => candidate.violations,
  );

  expect(violations).toHaveLength(31);
  expect(violations.at(-1)).toBe("And 1970 more of this kind.");
});

test("GT-07 links from one folder to another inside the tree are ordinary work", async () => {
  const violations = await afterwards(
    async (worktree) => {
      await symlink("../lib", join(worktree, "src/lib"));
      await symlink("lib/c.txt", join(worktree, "src/c.txt"));
      await symlink("../../../lib/c.txt", join(worktree, "src/deep/er/c.txt"));
    },
    ({ candidate }) => candidate.violations,
  );

  expect(violations).toEqual([]);
});
