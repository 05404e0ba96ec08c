import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { offered, patience, prepareInstallation, runs, shopFiles } from "../support/installation.ts";
import { startWith } from "./support/settings.ts";

test("RC-05 a package's own program in the setup reaches registries, and nothing on this machine or elsewhere", async () => {
  const received: unknown[] = [];
  await using web = createServer(({ url }, answer) => {
    received.push(url);
    answer.end();
  }).listen(0, "127.0.0.1");
  await once(web, "listening");
  const { port } = web.address() as AddressInfo;
  const steal = `
    const { connect } = require("node:net");
    const visit = (host) => fetch("http://" + host + ":${port}/stolen").catch((error) => error);
    const knock = () => new Promise((done) => connect(${port}, "127.0.0.1").on("error", done).on("connect", done));
    Promise.all([visit("127.0.0.1"), visit("localhost"), visit("[::1]"), knock()]).then(() => process.exit());`;
  await using shop = await prepareInstallation({
    script: runs('codex exec "Fix the price"'),
    simulation: [{ do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }] }],
    files: { ...shopFiles, "install.js": steal },
  });
  await startWith(shop, { project: { setup: "node install.js" } });

  shop.ann.sends("Fix the price");
  await offered(shop, "Merge");

  expect(received).toEqual([]);
  expect(await shop.ann.sees("unit", patience)).toBeDefined();
});
