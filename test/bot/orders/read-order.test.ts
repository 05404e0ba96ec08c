import { expect, test } from "vitest";
import { readOrder } from "../../../src/bot/orders/read-order.ts";

const projects = ["shop", "blog"];

test.each([
  ["shop: fix the typo", "shop", "fix the typo"],
  ["Shop:\nfix the typo", "shop", "fix the typo"],
  ["@blog fix the typo", "blog", "fix the typo"],
  ["@blog: fix the typo", "blog", "fix the typo"],
  ["#shop fix the typo", "shop", "fix the typo"],
])("IN-07 %j names its project", (text, project, task) => {
  expect(readOrder(text, projects)).toEqual({ type: "ready", project, text: task });
});

test.each(["fix: the typo", "#12 is broken", "shopping: fix it", "shop is broken", "see http://shop: it is slow"])(
  "IN-07 %j names no project, so one is asked for",
  (text) => {
    expect(readOrder(text, projects)).toEqual({ type: "which-project", text });
  },
);

test("IN-07 a single project goes without saying", () => {
  expect(readOrder("fix: the typo", ["shop"])).toEqual({ type: "ready", project: "shop", text: "fix: the typo" });
});

test.each([
  ["@nosuch fix it", projects, "There is no project “nosuch”. The projects are: shop, blog."],
  ["@shp fix it", projects, "There is no project “shp”. Did you mean “shop”? The projects are: shop, blog."],
  ["", projects, "Say what is to be done, for example: /new shop: fix the typo in the README"],
  ["blog:", projects, "Say what is to be done, for example: /new blog: fix the typo in the README"],
  ["fix it", [], "No project is set up yet. Add one under “projects” in chargehand.yaml."],
  [
    "x".repeat(16_001),
    projects,
    "A task may have 16,000 characters; this one has 16,001. Put the long part into a file of the project and name it.",
  ],
])("an order that cannot be carried out is answered with what to do (%#)", (text, known, sentence) => {
  expect(readOrder(text, known)).toEqual({ type: "unusable", sentence });
});
