import assert from "node:assert/strict";
import { test } from "node:test";
import { receipt } from "../src/receipt.js";

test("a receipt names every item and ends with the total", () => {
  const printed = receipt([{ name: "Tea", priceCents: 333, quantity: 3 }], 999);

  assert.match(printed, /^3 × Tea +9\.99$/m);
  assert.match(printed, /^Total +9\.99$/m);
});
