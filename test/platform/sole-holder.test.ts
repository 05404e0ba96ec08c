import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { holdAlone } from "../../src/platform/sole-holder.ts";
import { temporaryFolder } from "../support/project.ts";

const holder = `import { holdAlone } from ${JSON.stringify(join(import.meta.dirname, "../../src/platform/sole-holder.ts"))};
const held = await holdAlone(process.argv[1], { onWaiting() {} }, new AbortController().signal);
console.log("held", held !== undefined);
setInterval(() => {}, 1_000);`;

test("DU-15 a second process waits, and holds as soon as the first one was killed", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "daemon.lock");
  const first = spawn(process.execPath, ["--input-type=module", "-e", holder, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(first.stdout, "data");
  const story: string[] = [];

  const waiting = Promise.withResolvers<void>();
  const second = holdAlone(path, { onWaiting: waiting.resolve }, AbortSignal.timeout(30_000)).then((held) => {
    story.push("second holds");
    return held;
  });
  await waiting.promise;
  story.push("first is killed");
  first.kill("SIGKILL");
  using held = await second;

  expect(held).toBeDefined();
  expect(story).toEqual(["first is killed", "second holds"]);
});

test("DU-15 waiting ends with its signal", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "daemon.lock");
  using held = await holdAlone(path, { onWaiting() {} }, AbortSignal.timeout(30_000));

  const stopping = new AbortController();
  const second = holdAlone(path, { onWaiting: () => stopping.abort(new Error("enough")) }, stopping.signal);

  await expect(second).rejects.toThrow("enough");
  expect(held).toBeDefined();
});
