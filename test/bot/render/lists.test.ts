import { expect, test } from "vitest";
import { renderDiff } from "../../../src/bot/render/diff.ts";
import { renderHelp, renderProjects } from "../../../src/bot/render/help.ts";
import { renderJobList } from "../../../src/bot/render/job-list.ts";
import { Config } from "../../../src/core/config.ts";
import { jobAfter, start } from "../support/job-after.ts";
import { story } from "../support/story.ts";

test("BOT-07 /jobs has one line a job, with its id ready to be copied", () => {
  const list = renderJobList([jobAfter([story.started]), jobAfter([...story.verified])], ["shop"], start + 65_000);

  expect(list.text).toBe(
    [
      "Latest jobs",
      "",
      "▸ x7k2m9qd shop · Fix the rounding in price.js · 1m 4s",
      "▸ x7k2m9qd shop · Fix the rounding in price.js · 1m 4s",
    ].join("\n"),
  );
  expect(list.entities.filter(({ type }) => type === "code")).toHaveLength(2);
});

test("BOT-07 an empty list says how to begin, in the words this installation understands", () => {
  expect(renderJobList([], ["shop"], start).text).toContain("for example:\nfix the typo in the README");
  expect(renderJobList([], ["shop", "blog"], start).text).toContain("for example:\nshop: fix the typo in the README");
  expect(renderHelp(["shop", "blog"]).text).toContain("Begin with the project");
});

test("BOT-07 /projects tells what each project is checked by, and what cannot pass", () => {
  const config = Config.parse({
    projects: {
      shop: { baseDir: "/srv/shop", checks: { test: [{ label: "unit", cmd: "npm test" }] } },
      blog: { baseDir: "/srv/blog" },
    },
  });

  expect(renderProjects(config).text).toBe(
    "Projects\n\nshop — checks: unit\nblog — no checks yet, so nothing can pass",
  );
});

test("BOT-13 a diff that fits is read in the chat, a longer one is a file with a caption", () => {
  const job = jobAfter([...story.verified]);

  const short = renderDiff(job, "diff --git a/price.js b/price.js\n-a\n+b\n");
  const long = renderDiff(job, "+x\n".repeat(3_000));

  expect(short.document).toBeUndefined();
  expect(short.entities.at(-1)).toMatchObject({ type: "pre", language: "diff" });
  expect(long.document).toEqual({ name: "x7k2m9qd.diff", text: "+x\n".repeat(3_000) });
  expect(long.text).toBe("2 files changed, +14 −3\nshop: Fix the rounding in price.js");
});
