import { expect, test } from "vitest";
import { offered, runs, startInstallation } from "../support/installation.ts";
import { gitIn } from "../support/project.ts";
import { startGitHub } from "../support/trackers/github-server.ts";
import { ann, TrackerWorld } from "../support/trackers/world.ts";
import { until } from "../support/until.ts";

const token = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

test("TR-01 TR-05 TR-08 a labelled issue on GitHub becomes a job of the whole installation, and shows how it was merged", async () => {
  const world = new TrackerWorld();
  await using github = await startGitHub(world, token);
  await using shop = await startInstallation({
    script: runs('codex exec "Fix the price"', "git add -A", 'git commit -m "Fix the price"'),
    simulation: [{ do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }] }],
    settings: {
      trackers: {
        issues: {
          ...{ kind: "github", project: "shop", token: "GITHUB_TOKEN", pollInterval: "1s" },
          provider: { repository: "acme/shop", apiUrl: github.url },
        },
      },
    },
    environment: { GITHUB_TOKEN: token },
  });
  const issue = world.add({ title: "Fix the price", body: "It is doubled." });
  world.setLabel(issue, "chargehand", ann);

  const question = await offered(shop, "Merge");
  shop.ann.taps(question, "Merge");
  const [told] = await until(() => {
    const comments = world.commentsOf(issue);
    return comments[0]?.body.includes("Done and merged.") ? comments : undefined;
  });

  expect(world.commentsOf(issue)).toHaveLength(1);
  expect(told?.body).toContain("| verdict | accept |");
  await until(() => issue.labels.join() === "for review");
  expect(gitIn(shop.main, "show", "main:price.js")).toContain("=> cents;");
  expect(github.violations).toEqual([]);
  expect(shop.log()).not.toContain(token);
}, 90_000);
