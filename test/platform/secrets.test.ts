import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runProcess } from "../../src/platform/process.ts";
import { createRedactor, secretValuesOf } from "../../src/platform/secrets/redactor.ts";

/** Looks random enough, and no scanner takes this file for a leak. */
const letters = (length: number) => "aB3xY7kQ9mZ2pW5tR8vN4cJ6".repeat(9).slice(0, length);
const hex = (length: number) => "3f9a0c7be21d4865".repeat(9).slice(0, length);
const armored = (kind: string) =>
  `-----BEGIN ${kind}PRIVATE KEY-----\n${`${letters(64)}\n`.repeat(6)}-----END ${kind}PRIVATE KEY-----`;

const examples = [
  example("openai-key", `sk-${letters(48)}`),
  example("openai-key", `sk-proj-${letters(60)}_-${letters(40)}`),
  example("anthropic-key", `sk-ant-api03-${letters(93)}-AA`),
  example("github-token", `ghp_${letters(36)}`),
  example("github-token", `github_pat_${letters(22)}_${letters(59)}`),
  example("gitlab-token", `glpat-${letters(20)}`),
  example("aws-access-key-id", `AKIA${"Q3EGZ7XW2LNPVT5K"}`),
  example("google-api-key", `AIza${letters(35)}`),
  example("slack-token", `xoxb-123456789012-${letters(24)}`),
  example("stripe-key", `sk_live_${letters(24)}`),
  example("npm-token", `npm_${letters(36)}`),
  example("hugging-face-token", `hf_${"abcdefghijklmnopqrstuvwxyzABCDEFGH"}`),
  example("json-web-token", `eyJ${letters(20)}.eyJ${letters(60)}.${letters(43)}`),
  example("private-key", armored("")),
  example("private-key", armored("RSA ").replaceAll("\n", "\\n"), (key) => `{"key":"${key}"}`),
  example("private-key", armored("OPENSSH ").slice(0, 400)),
  example("telegram-bot-token", `AA${letters(33)}`, (key) => `https://api.telegram.org/bot123456789:${key}/getMe`),
  example("password-in-url", "s3cr3t!", (password) => `git clone https://ann:${password}@example.com/repo.git`),
  example("token-in-url", hex(40), (token) => `origin\thttps://${token}@example.com/repo.git (fetch)`),
  example("authorization-header", letters(20), (value) => `"Authorization": "Basic ${value}"`),
  example("bearer-token", letters(40), (value) => `curl -H 'bearer ${value}'`),
  example("assigned-secret", "n0t-Th4t-Simple", (value) => `const password = "${value}";`),
  example("assigned-secret", "n0t-Th4t-Simple", (value) => JSON.stringify({ line: `{"api_key": "${value}"}` })),
  example("assigned-secret", letters(24), (value) => `DATABASE_PASSWORD=${value}`),
];

function example(id: string, secret: string, around = (text: string) => `see ${text} there`) {
  return { id, secret, around };
}

const redactor = createRedactor({ values: [] });

describe("RC-14 secrets by their looks", () => {
  test.each(examples)("$id is taken out and nothing else", ({ id, secret, around }) => {
    expect(redactor.text(around(secret))).toBe(around(`[redacted:${id}]`));
  });

  test("TG-51 a bot token in an address does not survive", () => {
    const url = `https://api.telegram.org/bot7000000001:AA${letters(33)}/sendMessage`;

    expect(redactor.text(`fetch failed: ${url}`)).not.toContain(letters(33));
  });

  test.each([
    ["a commit hash", "commit 9767989d14fa9e30f77181d20ec803c40783490f5"],
    ["a UUID", "request 550e8400-e29b-41d4-a716-446655440000 done"],
    [
      "an integrity hash",
      '"integrity": "sha512-Jtmb2+c1V0mS0Bq6v7hWz0o1c2xJ4Zk3pQw5sX8yA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U=="',
    ],
    [
      "an address without a password",
      "https://registry.npmjs.org/@scope/name/-/name-1.2.3.tgz and http://localhost:3000/@vite/client",
    ],
    ["a word with a prefix in it", `task-${hex(30)} desk-${hex(24)} sk-spinner-with-a-very-long-class-name`],
    ["code about secrets", "const token = await readToken2(secretStore, maxTokens1234); password: z.string().min(12)"],
    [
      "a placeholder",
      `API_KEY="your-api-key-1234" SECRET=\${{ secrets.DEPLOY_2024_KEY }} token = process.env.TOKEN_1234_5678`,
    ],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ3\n-----END CERTIFICATE-----"],
    ["the name of a key's type", 'if (line === "-----BEGIN RSA PRIVATE KEY-----") return parse(line);'],
  ])("%s is no secret", (_, text) => {
    expect(redactor.text(text)).toBe(text);
  });

  test("a lock file with a thousand hashes stays as it is", async () => {
    const lock = await readFile(new URL("../../package-lock.json", import.meta.url), "utf8");

    expect(redactor.text(lock)).toBe(lock);
  });
});

describe("RC-14 secrets we know", () => {
  const value = "p@ss/word+with?stuff";
  const knowing = createRedactor({ values: [value, "short", "multi\nline\nvalue"] });

  test.each([
    ["as they are", value],
    ["in a URL", encodeURIComponent(value)],
    ["over several lines", "multi\nline\nvalue"],
    ["in JSON", JSON.stringify("multi\nline\nvalue").slice(1, -1)],
  ])("are taken out %s", (_, form) => {
    expect(knowing.text(`<${form}>`)).toBe("<[redacted:secret]>");
  });

  test.each(["", "u", "us", "user:"])("are taken out of base64, after %j too", (before) => {
    const encoded = Buffer.from(`${before}${value}, and more`).toString("base64");

    const shown = Buffer.from(knowing.text(encoded).replace("[redacted:secret]", ""), "base64").toString("latin1");
    expect(knowing.text(encoded)).toContain("[redacted:secret]");
    expect(shown).not.toContain(value.slice(2, -2));
  });

  test("are not looked for when they are so short that they would be found everywhere", () => {
    expect(knowing.text("a short text")).toBe("a short text");
  });

  test("are found in an environment by the names of variables, and in addresses", () => {
    const values = secretValuesOf({
      TELEGRAM_BOT_TOKEN: "123456:telegram",
      OPENAI_API_KEY: "openai-key-value",
      DB_PASSWORD: "database-pass",
      CHARGEHAND_HTTP_TOKEN: "token-of-the-door",
      LINEAR_WEBHOOK_SECRET: "signs-for-linear",
      REDIS_URL: "rediss://default:redis%40pass@example.com:6379",
      "npm_config_//registry.example.com/:_authToken": "registry-token",
      KEYBOARD: "querty-layout",
      MONKEY: "not-a-key-at-all",
      PATH: "/usr/bin:/bin",
      EMPTY_TOKEN: "",
      SHORT_KEY: "abc",
      MISSING_SECRET: undefined,
    });

    expect(values).toEqual([
      "123456:telegram",
      "openai-key-value",
      "database-pass",
      "token-of-the-door",
      "signs-for-linear",
      "registry-token",
      "redis%40pass",
      "redis@pass",
    ]);
  });
});

describe("RC-14 streams", () => {
  const known = "known-secret-value";
  const streaming = createRedactor({ values: [known] });
  const pieces = [
    ...examples.map(({ secret, around }) => around(secret)),
    ...[
      known,
      known.slice(0, 9),
      "sk-",
      "sk-ant-",
      "ghp_short",
      "eyJ",
      "-----BEGIN ",
      "-----BEGIN RSA PRIVATE KEY-----\n",
    ],
    ...[" ", "\n", "a", "token=", "://", 'password: "', "€", "\0"],
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(""));

  function inChunks(bytes: Buffer, cuts: readonly number[]): string {
    const stream = streaming.stream();
    const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
    const shown = places.map((end, index) => Buffer.from(stream.push(bytes.subarray(places[index - 1] ?? 0, end))));
    return Buffer.concat([...shown, stream.end()]).toString();
  }

  test("are redacted the same however they are cut into chunks", () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 20 }), (whole, cuts) => {
        expect(inChunks(Buffer.from(whole), cuts)).toBe(streaming.text(whole));
      }),
      { numRuns: 500 },
    );
  });

  test("are redacted the same byte by byte", () => {
    const whole = pieces.join(" ");

    expect(
      inChunks(
        Buffer.from(whole),
        Array.from({ length: whole.length }, (_, index) => index),
      ),
    ).toBe(streaming.text(whole));
  });

  test("keep every byte that belongs to no secret", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 5 }), (bytes, cuts) => {
        const stream = createRedactor({ values: [], rules: [] }).stream();
        const cut = (cuts[0] ?? 0) % (bytes.length + 1);
        const shown = [stream.push(bytes.subarray(0, cut)), stream.push(bytes.subarray(cut)), stream.end()];
        expect(Buffer.concat(shown.map((part) => Buffer.from(part)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test("let a line go as soon as it is clear that it holds no secret", () => {
    const stream = streaming.stream();

    expect(stream.push(Buffer.from('{"title":"read the password file"}\n')).toString()).toBe(
      '{"title":"read the password file"}\n',
    );
  });

  test("of a command are redacted in its text, its lines and its file", async () => {
    const lines: string[] = [];
    const file = new URL(`file:///tmp/chargehand-redacted-${process.pid}.log`);

    const { stdout } = await runProcess(
      {
        argv: ["/bin/sh", "-c", "printf 'a known-sec'; sleep 0.05; printf 'ret-value b\\n'"],
        cwd: "/tmp",
        env: {},
        timeoutMs: 20_000,
        output: { headBytes: 1_000, tailBytes: 1_000, file: file.pathname },
        onLine: (line) => lines.push(line),
        redact: streaming,
      },
      new AbortController().signal,
    );

    expect(stdout.text).toBe("a [redacted:secret] b\n");
    expect(lines).toEqual(["a [redacted:secret] b"]);
    expect(await readFile(file, "utf8")).toBe("a [redacted:secret] b\n");
  });
});
