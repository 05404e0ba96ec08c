import { expect, test } from "vitest";
import { redacted } from "../../src/core/redacted.ts";

test("RC-14 every text of a value is redacted, however deep, and no id, number or nothing", () => {
  const redact = (text: string) => text.replaceAll("secret", "…");
  const value = {
    id: "secret",
    jobId: "secret",
    title: "a secret",
    paths: ["secret.txt", { commit: "secret", name: "secret" }],
    count: 1,
    nothing: undefined,
    isWell: true,
  };

  expect(redacted(value, redact)).toEqual({
    id: "secret",
    jobId: "secret",
    title: "a …",
    paths: ["….txt", { commit: "secret", name: "…" }],
    count: 1,
    nothing: undefined,
    isWell: true,
  });
});
