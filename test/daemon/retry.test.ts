import { expect, test } from "vitest";
import { AppError, isPassing } from "../../src/core/error.ts";
import { backoffMs, nameFailure } from "../../src/daemon/retry.ts";

test("DU-07 pauses double from ten seconds to five minutes", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 60].map((attempt) => backoffMs(attempt, 10_000) / 1_000)).toEqual([
    10, 20, 40, 80, 160, 300, 300, 300,
  ]);
});

test("DU-07 only what passes by itself is tried again", () => {
  expect(isPassing("model-unavailable")).toBe(true);
  expect(isPassing("ledger-unwritable")).toBe(true);
  expect(isPassing("model-refused")).toBe(false);
  expect(isPassing("command-denied")).toBe(false);
});

test("DU-07 a full disk has a name, and the words of a bug stay in the log", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  const named = new AppError("timeout", "It took too long.");

  expect(nameFailure(full).code).toBe("disk-full");
  expect(nameFailure(new TypeError("x is undefined")).message).not.toContain("undefined");
  expect(nameFailure(named)).toBe(named);
});
