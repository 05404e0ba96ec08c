import assert from "node:assert/strict";
import { test } from "node:test";
import { total } from "../src/price.js";

const basket = [{ name: "Tea", priceCents: 333, quantity: 3 }];

test("a basket costs the sum of its items", () => {
  assert.equal(total(basket), 999);
});

test("a discount is taken off", () => {
  assert.equal(total([{ name: "Cup", priceCents: 1000, quantity: 1 }], 10), 900);
});

test("a discount gives whole cents", () => {
  assert.equal(total(basket, 15), 849);
});
