import assert from "node:assert/strict";
import { test } from "node:test";
import { totalOf } from "../src/cart.js";

test("a cart costs what its lines cost", () => {
  assert.equal(
    totalOf([
      { price: "2.50", quantity: 3 },
      { price: "1", quantity: 2 },
    ]),
    950,
  );
});

test("an empty cart costs nothing", () => {
  assert.equal(totalOf([]), 0);
});
