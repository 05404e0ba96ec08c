import { RedactionStream, RuleSet } from "./redaction-stream.ts";
import { commonRules, type SecretRule } from "./rules.ts";

/** Takes secrets out of what people, models, logs and artifacts get to see. */
export interface Redactor {
  text(text: string): string;
  /** For one stream of bytes; a secret may be split between its chunks. */
  stream(): RedactionStream;
}

export interface RedactorOptions {
  /** Secrets we know: what `secretValuesOf` finds. */
  readonly values: readonly string[];
  readonly rules?: readonly SecretRule[];
}

/** Shorter ones would be found everywhere. */
const minValueLength = 8;

export function createRedactor({ values, rules = commonRules }: RedactorOptions): Redactor {
  const known = values.filter(({ length }) => length >= minValueLength).flatMap(formsOf);
  const ruleSet = new RuleSet([...[...new Set(known)].map(knownValue), ...rules]);
  return {
    stream: () => new RedactionStream(ruleSet),
    text(text) {
      const stream = new RedactionStream(ruleSet);
      const pieces = [stream.push(Buffer.from(text)), stream.end()];
      return stream.found === 0 ? text : Buffer.concat(pieces).toString();
    },
  };
}

/** The secrets in an environment: variables with a telling name or one of `names`, and passwords within addresses. */
export function secretValuesOf(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[] = [],
): string[] {
  const entries = Object.entries(env).flatMap(([name, value]) => (value ? [{ name, value }] : []));
  const named = entries.filter(({ name }) => secretName.test(name) || names.includes(name)).map(({ value }) => value);
  const inAddresses = entries.flatMap(({ value }) => passwordIn(value));
  return [...new Set([...named, ...inAddresses])].filter(({ length }) => length >= minValueLength);
}

const secretName =
  /(?:^|_)(?:API|ACCESS|PRIVATE|SIGNING|ENCRYPTION)?_?(?:KEYS?|TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASS|PASSPHRASE|CREDENTIALS?|AUTH(?:TOKEN)?|DSN|COOKIE|WEBHOOK)(?:_|$)/i;

function passwordIn(value: string): string[] {
  const password = URL.parse(value)?.password ?? "";
  return password === "" ? [] : [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A value as it is, in a URL, in JSON, and in base64 at each of the three places where a group of bytes may begin. */
function formsOf(value: string): string[] {
  const base64 = [0, 1, 2].map((shift) => base64Core(value, shift));
  const urlSafe = base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"));
  return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...base64, ...urlSafe];
}

/** The digits that depend on the value alone, whatever stands before and behind it. */
function base64Core(value: string, shift: number): string {
  const digits = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)])
    .toString("base64")
    .replace(/=+$/, "");
  const before = [0, 2, 3][shift] ?? 0;
  const isCut = (Buffer.byteLength(value) + shift) % 3 !== 0;
  return digits.slice(before, isCut ? -1 : undefined);
}

function knownValue(form: string): SecretRule {
  const bytes = Buffer.from(form).toString("latin1");
  const escaped = bytes.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  return {
    id: "secret",
    literals: [bytes.slice(0, literalLength)],
    pattern: new RegExp(escaped, "y"),
    maxBytes: bytes.length,
    alphabet: "any",
  };
}

/** Of a long value the beginning is looked for, and the rest compared where it is found. */
const literalLength = 64;
