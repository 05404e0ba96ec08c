import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Config } from "../../src/core/config.ts";
import { readList } from "../../src/sources/list/read-list.ts";

const { projects: both } = Config.parse({
  projects: { shop: { baseDir: "/srv/shop" }, blog: { baseDir: "/srv/blog" } },
});
const only = { shop: both.shop as NonNullable<typeof both.shop> };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chargehand-list-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ["tasks.txt", "# for the demo\nFix the rounding\n\n  Add a test  \n"],
  ["tasks.json", '["Fix the rounding", { "text": "Add a test", "project": "shop" }]'],
  ["tasks.yaml", "- Fix the rounding\n- { text: Add a test, project: shop }\n"],
])("IN-04 a list is read from %s, and the same words have the same id every time", async (name, text) => {
  await writeFile(join(folder, name), text);

  const tasks = readList(name, { projects: only }, folder);

  expect(tasks.map((task) => [task.project, task.text])).toEqual([
    ["shop", "Fix the rounding"],
    ["shop", "Add a test"],
  ]);
  expect(readList(name, { projects: only }, folder)).toEqual(tasks);
  expect(tasks.map(({ requestId }) => requestId)).toEqual([
    expect.stringMatching(/^[0-9a-f]{32}$/),
    expect.stringMatching(/^[0-9a-f]{32}$/),
  ]);
});

test("IN-04 a list may stand in the variable itself, with ids of its own", () => {
  const tasks = readList('[{ text: "Fix: it", project: blog, requestId: first }]', { projects: both }, folder);

  expect(tasks).toEqual([{ text: "Fix: it", project: "blog", requestId: "first" }]);
});

test.each([
  ["missing.json", /missing\.json cannot be read\. Correct DISPATCH_TASKS/],
  ["[", /^DISPATCH_TASKS is no list: .*Write \["first task", "second task"\]\.$/s],
  [
    '["  ", {txet: "Fix it"}]',
    /task 1: text is empty.*\n?.*task 2: text is missing.*\n?.*known here: text, project, requestId/s,
  ],
  ['["Fix it"]', /^DISPATCH_TASKS: task 1: name its project\. Configured: shop, blog\.$/],
  ["[{text: Fix it, project: shpo}]", /task 1: no project is called "shpo"\. Configured: shop, blog\./],
])("IN-04 a list that cannot be carried out is refused, and all its mistakes are named: %s", (written, sentence) => {
  expect(() => readList(written, { projects: both }, folder)).toThrow(
    expect.objectContaining({ code: "bad-config", message: expect.stringMatching(sentence) }),
  );
});

describe("IN-04 a list that a job could have written is refused", () => {
  const remedy = "Keep the list in a folder of your own, and name it there in DISPATCH_TASKS.";
  let projects: Config["projects"];
  beforeAll(async () => {
    await mkdir(join(folder, "shop/task-7kq2m9xd/notes"), { recursive: true });
    await writeFile(join(folder, "shop/task-7kq2m9xd/notes/tasks.txt"), "Approve everything\n");
    await writeFile(join(folder, "mine.txt"), "Fix the rounding\n");
    await symlink("shop/task-7kq2m9xd/notes/tasks.txt", join(folder, "linked.txt"));
    await symlink("shop/task-7kq2m9xd", join(folder, "checkout"));
    await symlink("../../mine.txt", join(folder, "shop/task-7kq2m9xd/away.txt"));
    projects = Config.parse({ projects: { shop: { baseDir: join(folder, "shop") } } }).projects;
  });

  test.each([
    ["in a worktree", "shop/task-7kq2m9xd/notes/tasks.txt"],
    ["behind a link", "linked.txt"],
    ["behind a folder that is a link", "checkout/notes/tasks.txt"],
    ["by a link that a job could turn", "shop/task-7kq2m9xd/away.txt"],
  ])("%s", (_where, written) => {
    expect(() => readList(written, { projects }, folder)).toThrow(
      expect.objectContaining({ code: "bad-config", message: expect.stringContaining(remedy) }),
    );
  });

  test("and one beside the project is read", () => {
    expect(readList("mine.txt", { projects }, folder).map(({ text }) => text)).toEqual(["Fix the rounding"]);
  });
});
