import { LiteralScanner } from "./literal-scanner.ts";
import type { Alphabet, SecretRule } from "./rules.ts";

/** Rules, and the one scanner that finds where any of them may begin. */
export class RuleSet {
  readonly scanner: LiteralScanner;
  readonly #ruleOf: readonly SecretRule[];

  constructor(rules: readonly SecretRule[]) {
    const literals = rules.flatMap((rule) =>
      rule.literals.map((text) => ({ rule, text, ignoresCase: rule.pattern.ignoreCase })),
    );
    this.scanner = new LiteralScanner(literals);
    this.#ruleOf = literals.map(({ rule }) => rule);
  }

  ruleOf(literal: number): SecretRule | undefined {
    return this.#ruleOf[literal];
  }
}

/** How far a rule may look back, beyond what it replaces. */
const contextBytes = 24;

/**
 * Replaces secrets in bytes that come in chunks. Whether something is a secret is decided only when no further byte could
 * change the answer, and until then it is held back: however a stream is cut, its redaction is the same.
 */
export class RedactionStream {
  readonly #rules: RuleSet;
  /** The last bytes that were let go, for rules to look back at, and behind them those held back. */
  #kept: Buffer = Buffer.alloc(0);
  #contextLength = 0;
  /** How many secrets were replaced so far. */
  found = 0;

  constructor(rules: RuleSet) {
    this.#rules = rules;
  }

  /** What may be shown by now. */
  push(chunk: Uint8Array): Buffer {
    return this.#advance(Buffer.concat([this.#kept, chunk]), false);
  }

  end(): Buffer {
    return this.#advance(this.#kept, true);
  }

  #advance(bytes: Buffer, isLast: boolean): Buffer {
    const { scanner } = this.#rules;
    const pieces: Buffer[] = [];
    let shown = this.#contextLength;
    let safeEnd = isLast ? bytes.length : bytes.length - scanner.pending(bytes);

    for (const { start, literal } of scanner.hits(bytes)) {
      if (start < shown) continue;
      if (start >= safeEnd) break;
      const rule = this.#rules.ruleOf(literal);
      const secret = rule && secretAt(bytes, start, rule, isLast);
      if (secret === "undecided") safeEnd = start;
      else if (secret !== undefined) {
        pieces.push(bytes.subarray(shown, secret.start), Buffer.from(`[redacted:${rule?.id}]`));
        shown = secret.end;
        this.found++;
      }
    }

    safeEnd = Math.max(safeEnd, shown);
    pieces.push(bytes.subarray(shown, safeEnd));
    const contextStart = Math.max(0, safeEnd - contextBytes);
    this.#contextLength = safeEnd - contextStart;
    this.#kept = bytes.subarray(contextStart);
    return pieces.length === 1 ? (pieces[0] ?? bytes) : Buffer.concat(pieces);
  }
}

type Verdict = { readonly start: number; readonly end: number } | "undecided" | undefined;

function secretAt(bytes: Buffer, start: number, rule: SecretRule, isLast: boolean): Verdict {
  const limit = start + rule.maxBytes;
  const end = endOfRun(bytes, start, Math.min(limit, bytes.length), isIn[rule.alphabet]);
  if (end === bytes.length && end < limit && !isLast) return "undecided";
  const contextStart = Math.max(0, start - contextBytes);
  rule.pattern.lastIndex = start - contextStart;
  const match = rule.pattern.exec(bytes.toString("latin1", contextStart, end));
  if (match === null) return undefined;
  const { secret, bare } = match.indices?.groups ?? {};
  const [from, to] = secret ?? bare ?? [start - contextStart, start - contextStart + match[0].length];
  return { start: contextStart + from, end: contextStart + to };
}

function endOfRun(bytes: Buffer, start: number, limit: number, isMember: Uint8Array): number {
  let end = start;
  while (end < limit && isMember[bytes[end] ?? 0] === 1) end++;
  return end;
}

const isIn: Record<Alphabet, Uint8Array> = {
  word: bytesThat((character) => character > " " && character <= "~" && !"\"'`<>\\".includes(character)),
  line: bytesThat((character) => character !== "\n" && character !== "\r"),
  armor: bytesThat((character) => /[\w\s+/=\\:;,.()<>@-]/.test(character)),
  any: bytesThat(() => true),
};

function bytesThat(belong: (character: string) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => Number(belong(String.fromCharCode(byte))));
}
