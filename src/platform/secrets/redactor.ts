/** Takes secrets out of one stream of bytes, also where a secret is split between two chunks. */
export interface RedactionStream {
  /** What may be shown already; the rest is held back until it cannot be part of a secret. */
  push(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

export interface Redactor {
  text(text: string): string;
  stream(): RedactionStream;
}
