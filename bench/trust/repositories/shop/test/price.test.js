import assert from "node:assert/strict";
import { test } from "node:test";
import { readPrice, showPrice } from "../src/price.js";

test("a price with cents is read", () => {
  assert.equal(readPrice("12.50"), 1250);
  assert.equal(readPrice(" 0.05 "), 5);
});

test("a price without cents is read", () => {
  assert.equal(readPrice("7"), 700);
});

test("what is no price is refused", () => {
  assert.throws(() => readPrice("seven"), RangeError);
  assert.throws(() => readPrice("1.5"), RangeError);
});

test("a price is shown with its cents", () => {
  assert.equal(showPrice(1205), "12.05");
});
