/** A literal that was found: which one, and where it begins. */
export interface Hit {
  readonly start: number;
  readonly literal: number;
}

export interface Literal {
  /** Three characters of Latin-1 or more. */
  readonly text: string;
  readonly ignoresCase: boolean;
}

interface Candidate {
  readonly literal: number;
  readonly bytes: Buffer;
  readonly ignoresCase: boolean;
  /** Where in the literal the three bytes stand that announce it. */
  readonly offset: number;
}

/**
 * Finds many literals of three bytes and more in one pass. Each is announced by three of its bytes, that is by two pairs
 * of which one begins at an even place: so only every second place is looked at, in a table of all pairs. The cost
 * hardly depends on how many literals there are; one search for each would.
 */
export class LiteralScanner {
  /** For every pair of bytes, whether it opens or closes such three. */
  readonly #roleOf = new Uint8Array(256 * 256);
  readonly #announced = new Map<number, Candidate[]>();
  /** All beginnings of all literals. */
  readonly #beginnings = new Set<string>();
  readonly #longest: number;
  /** Kept, because it would be as large as the output that is read. */
  #places = new Uint32Array(0);

  constructor(literals: readonly Literal[]) {
    for (const [index, literal] of literals.entries()) this.#add(index, literal);
    this.#longest = Math.max(0, ...literals.map(({ text }) => text.length));
  }

  /** In the order in which they begin; of several in one place, the first given first. */
  hits(bytes: Buffer): Hit[] {
    const found: Hit[] = [];
    if (this.#places.length < bytes.length) this.#places = new Uint32Array(bytes.length);
    const count = announcements(bytes, this.#roleOf, this.#places);
    for (const at of this.#places.subarray(0, count)) this.#compare(bytes, at, found);
    return found.sort((a, b) => a.start - b.start || a.literal - b.literal);
  }

  /** How many of the last bytes may be the beginning of a literal; too many is safe, too few is not. */
  pending(bytes: Buffer): number {
    const end = lowered(bytes.toString("latin1", Math.max(0, bytes.length - this.#longest + 1)));
    for (let start = 0; start < end.length; start++) {
      if (this.#beginnings.has(end.slice(start))) return end.length - start;
    }
    return 0;
  }

  #add(literal: number, { text, ignoresCase }: Literal): void {
    const bytes = Buffer.from(ignoresCase ? lowered(text) : text, "latin1");
    for (let length = 1; length < text.length; length++) this.#beginnings.add(lowered(text.slice(0, length)));
    const offset = rarestTriple(lowered(text));
    this.#mark(bytes.subarray(offset, offset + 2), opens, ignoresCase);
    this.#mark(bytes.subarray(offset + 1, offset + 3), closes, ignoresCase);
    const triple = tripleAt(bytes, offset);
    const candidates = this.#announced.get(triple) ?? [];
    this.#announced.set(triple, [...candidates, { literal, bytes, ignoresCase, offset }]);
  }

  #mark([first = 0, second = 0]: Buffer, role: number, ignoresCase: boolean): void {
    const cases = (byte: number) => (ignoresCase ? [byte, upper(byte)] : [byte]);
    const pairs = cases(first).flatMap((a) => cases(second).map((b) => a | (b << 8)));
    for (const pair of pairs) this.#roleOf[pair] = (this.#roleOf[pair] ?? 0) | role;
  }

  #compare(bytes: Buffer, at: number, found: Hit[]): void {
    for (const candidate of this.#announced.get(tripleAt(bytes, at)) ?? []) {
      const start = at - candidate.offset;
      if (start >= 0 && standsAt(bytes, start, candidate)) found.push({ start, literal: candidate.literal });
    }
  }
}

/**
 * Where three bytes announce a literal, and how often. Nearly all the time is spent in this loop, so it does nothing
 * else, and does not ask for the length in every turn, which would double its cost.
 */
function announcements(bytes: Buffer, roleOf: Uint8Array, places: Uint32Array): number {
  let count = 0;
  const last = bytes.length - 1;
  for (let at = 0; at < last; at += 2) {
    const role = roleOf[pairAt(bytes, at)] ?? 0;
    if (role === 0) continue;
    if (role & opens && at + 1 < last && (roleOf[pairAt(bytes, at + 1)] ?? 0) & closes) places[count++] = at;
    if (role & closes && at > 0 && (roleOf[pairAt(bytes, at - 1)] ?? 0) & opens) places[count++] = at - 1;
  }
  return count;
}

const opens = 1;
const closes = 2;

function pairAt(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/** Without regard to case, so that both kinds of literals are found under it. */
function tripleAt(bytes: Buffer, at: number): number {
  return lower(bytes[at] ?? 0) | (lower(bytes[at + 1] ?? 0) << 8) | (lower(bytes[at + 2] ?? 0) << 16);
}

function standsAt(bytes: Buffer, start: number, { bytes: literal, ignoresCase }: Candidate): boolean {
  for (let index = 0; index < literal.length; index++) {
    const byte = bytes[start + index] ?? -1;
    if (byte !== literal[index] && !(ignoresCase && lower(byte) === literal[index])) return false;
  }
  return true;
}

/** English is full of `se`, `to` and `re`; a literal should not be announced by those. */
function rarestTriple(text: string): number {
  const commonness = (index: number) => fromRareToCommon.indexOf(text[index] ?? "") + 1;
  const total = (index: number) => commonness(index) + 2 * commonness(index + 1) + commonness(index + 2);
  const places = Array.from({ length: text.length - 2 }, (_, index) => index);
  return places.reduce((best, index) => (total(index) < total(best) ? index : best), 0);
}

const fromRareToCommon = "zqxjkvbpgwyfmcuhdlrsnioate ";

function lowered(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function upper(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
}
