import { expect, test } from "vitest";
import { changedTests, wasThere } from "../../src/daemon/tests-as-they-were.ts";
import type { Change } from "../../src/daemon/tree-changes.ts";

const absent = { mode: "000000", object: "0".repeat(40) };
const file = { mode: "100644", object: "a".repeat(40) };
const change = (path: string, before: typeof file, after: typeof file): Change => ({
  path,
  mode: after.mode,
  object: after.object,
  baseMode: before.mode,
  baseObject: before.object,
});

test("GT-11 tests that were changed, deleted or added are all run as they were, and nothing else is", () => {
  const changes = [
    change("test/changed.test.js", file, file),
    change("test/deleted.test.js", file, absent),
    change("test/added.test.js", absent, file),
    change("src/added.js", absent, file),
  ];

  const found = changedTests(changes, { tests: ["test/**"] });

  expect(found.map((one) => [one.path, wasThere(one)])).toEqual([
    ["test/changed.test.js", true],
    ["test/deleted.test.js", true],
    ["test/added.test.js", false],
  ]);
});
