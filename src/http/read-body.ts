import { Refusal } from "./refusal.ts";

/** The body, if it is no longer than this. What is too long is not read to its end. */
export async function readBody(request: Request, limitBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    length += part.value.length;
    if (length > limitBytes) throw tooLarge(limitBytes);
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limitBytes: number): Refusal {
  const sentence = `The body is larger than ${limitBytes} bytes.`;
  return new Refusal(413, "too-large", sentence, { headers: { connection: "close" } });
}
