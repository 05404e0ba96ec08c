import { expect, test } from "vitest";
import { secretsIn } from "../../src/daemon/secrets-in-patch.ts";
import { createRedactor } from "../../src/platform/secrets/redactor.ts";

const known = "correct-horse-battery";
const redactor = createRedactor({ values: [known] });
const redact = (text: string) => redactor.text(text);
const key = `ghp_${"a1B2".repeat(9)}`;

const patch = (path: string, ...lines: readonly string[]) =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n${lines.join("\n")}\n`;

test("GT-15 an added secret is named by file and kind, and never shown", () => {
  const found = secretsIn(patch("src/a.js", `+const key = "${key}";`) + patch("b.js", "+nothing"), redact);

  expect(found).toEqual(["src/a.js holds what looks like a secret (github-token). Take it out."]);
  expect(found.join()).not.toContain(key);
});

test("GT-15 a secret of this installation is found in whatever form", () => {
  expect(secretsIn(patch("a.bin", `+\0\x01${Buffer.from(known).toString("base64")}`), redact)).toHaveLength(1);
});

test("GT-15 a private key over many lines is found", () => {
  const lines = [
    "-----BEGIN PRIVATE KEY-----",
    ..."ab"
      .repeat(8)
      .split("b")
      .map(() => "MIIEvQIBADANBgkqhkiG9w0BAQEF"),
    "-----END PRIVATE KEY-----",
  ];

  expect(secretsIn(patch("key.pem", ...lines.map((line) => `+${line}`)), redact).join()).toContain("private-key");
});

test("GT-15 a secret that is taken out, or only moved, is no new one", () => {
  expect(secretsIn(patch("a.js", `-key = "${key}"`, "+key = env.KEY"), redact)).toEqual([]);
  expect(secretsIn(patch("a.js", `-key = "${key}"`) + patch("b.js", `+key = "${key}"`), redact)).toEqual([]);
});
