import assert from "node:assert/strict";
import { test } from "node:test";
import { voucherPercent } from "../src/voucher.js";

test("WELCOME takes ten percent off", () => {
  assert.equal(voucherPercent("WELCOME"), 10);
});

test("a voucher may be typed in small letters", () => {
  assert.equal(voucherPercent(" welcome "), 10);
});

test("a voucher that nobody knows takes nothing off", () => {
  assert.equal(voucherPercent("FREE"), 0);
});
