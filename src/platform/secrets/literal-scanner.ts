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
  /** Where in the literal the pair of bytes stands that points to it. */
  readonly offset: number;
}

/**
 * Finds many literals of three bytes and more in one pass. Such a literal has two pairs of bytes beside each other, of
 * which one begins at an even place: so only every second place is looked at, in a table of all pairs. Its cost hardly
 * depends on how many literals there are; one search for each would.
 */
export class LiteralScanner {
  /** For every pair of bytes, 0 or the group of literals that it may announce. */
  readonly #groupOf = new Uint8Array(256 * 256);
  readonly #groups: Candidate[][] = Array.from({ length: 256 }, () => []);
  /** All beginnings of all literals. */
  readonly #beginnings = new Set<string>();
  readonly #longest: number;

  constructor(literals: readonly Literal[]) {
    for (const [index, literal] of literals.entries()) this.#add(index, literal);
    this.#longest = Math.max(0, ...literals.map(({ text }) => text.length));
  }

  /** In the order in which they begin; of several in one place, the first given first. */
  hits(bytes: Buffer): Hit[] {
    const groupOf = this.#groupOf;
    const found: Hit[] = [];
    for (let at = 0; at + 1 < bytes.length; at += 2) {
      const group = groupOf[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)] ?? 0;
      if (group !== 0) this.#compare(bytes, at, group, found);
    }
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
    const rarest = rarestTriple(lowered(text));
    for (const offset of [rarest, rarest + 1]) {
      const group = this.#groupOfPair(bytes[offset] ?? 0, bytes[offset + 1] ?? 0, ignoresCase);
      this.#groups[group]?.push({ literal, bytes, ignoresCase, offset });
    }
  }

  /** Groups are few so that the table stays small; two pairs may share one. */
  #groupOfPair(first: number, second: number, ignoresCase: boolean): number {
    const cases = ignoresCase ? bothCases : (byte: number) => [byte];
    const group = 1 + ((lower(first) * 31 + lower(second) * 17) % 255);
    for (const a of cases(first)) for (const b of cases(second)) this.#groupOf[a | (b << 8)] = group;
    return group;
  }

  #compare(bytes: Buffer, at: number, group: number, found: Hit[]): void {
    for (const candidate of this.#groups[group] ?? []) {
      const start = at - candidate.offset;
      if (start >= 0 && standsAt(bytes, start, candidate)) found.push({ start, literal: candidate.literal });
    }
  }
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

function bothCases(byte: number): number[] {
  return byte >= 0x61 && byte <= 0x7a ? [byte, byte - 0x20] : [byte];
}

function lowered(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
