import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BoundedOutput, type BoundedText } from "../../src/platform/bounded-output.ts";

function bounded(chunks: readonly Uint8Array[], headBytes: number, tailBytes: number): BoundedText {
  const output = new BoundedOutput({ headBytes, tailBytes });
  for (const chunk of chunks) output.push(chunk);
  return output.result();
}

describe("RC-08 bounded output", () => {
  test("is untouched when it fits", () => {
    expect(bounded([Buffer.from("héllo "), Buffer.from("wörld")], 8, 8)).toEqual({
      text: "héllo wörld",
      bytes: 13,
      omittedBytes: 0,
      invalidSequences: 0,
    });
  });

  test("keeps its head and its tail and says how much is missing between them", () => {
    const { text, omittedBytes } = bounded([Buffer.from("a".repeat(98_304 + 6))], 3, 3);

    expect(text).toBe("aaa\n… 98,304 bytes left out …\naaa");
    expect(omittedBytes).toBe(98_304);
  });

  test("is never cut inside a character", () => {
    const { text, omittedBytes, invalidSequences } = bounded([Buffer.from("€€€€€€")], 4, 5);

    expect(text).toBe("€\n… 12 bytes left out …\n€");
    expect(omittedBytes).toBe(12);
    expect(invalidSequences).toBe(0);
  });

  test("survives what is no text, and counts it", () => {
    const { text, invalidSequences } = bounded(
      [Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x00]), Buffer.from("\uFFFD")],
      99,
      99,
    );

    expect(text).toBe("a\uFFFD\uFFFDb\0\uFFFD");
    expect(invalidSequences).toBe(2);
  });

  test("is the same however the bytes are cut into chunks", () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
    fc.assert(
      fc.property(chunks, fc.nat(30), fc.nat(30), (parts, head, tail) => {
        expect(bounded(parts, head, tail)).toEqual(bounded([Buffer.concat(parts)], head, tail));
      }),
    );
  });

  test("keeps exactly the first and the last bytes of plain text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii", maxLength: 200 }), fc.nat(50), fc.nat(50), (text, head, tail) => {
        const result = bounded([Buffer.from(text)], head, tail);
        const missing = Math.max(0, text.length - head - tail);
        expect(result.omittedBytes).toBe(missing);
        if (missing === 0) expect(result.text).toBe(text);
        else {
          expect(result.text.startsWith(`${text.slice(0, head)}\n… ${missing} bytes`)).toBe(true);
          expect(result.text.endsWith(`…\n${text.slice(text.length - tail)}`)).toBe(true);
        }
      }),
    );
  });
});
