import { expect, test } from "vitest";
import { callbackData, parseCallbackData, type Tap } from "../../src/bot/callback-data.ts";

const taps: readonly Tap[] = [
  { type: "answer", approvalId: "A_b-".repeat(5).concat("zz"), choice: "allow_for_job" },
  { type: "answer", approvalId: "q".repeat(22), choice: "discard" },
  { type: "cancel", jobId: "x7k2m9qd" },
  { type: "diff", jobId: "x7k2m9qd" },
  { type: "order", orderId: "99999999999999", option: 99 },
];

test.each(taps)("TG-36 the button for $type fits into 64 bytes and means the same when it comes back", (tap) => {
  const data = callbackData(tap);

  expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
  expect(parseCallbackData(data)).toEqual(tap);
});

test("TG-36 data of more than 64 bytes is a bug that shows at once", () => {
  expect(() => callbackData({ type: "order", orderId: "漢".repeat(21), option: 1 })).toThrow(RangeError);
});

test.each([
  "",
  "a",
  "a:short:m",
  `a:${"q".repeat(22)}:z`,
  "c:UPPER123",
  "c:x7k2m9qd:extra:more",
  "o:1:-1",
  "zz:1",
  "d:../../etc",
])("TG-31 what no button of ours says, such as %j, is nothing", (data) => {
  expect(parseCallbackData(data)).toBeUndefined();
});
