import { createHash, timingSafeEqual } from "node:crypto";

/** Whether an Authorization header carries this token. Takes the same time whatever it carries. */
export function carriesToken(header: string | undefined, token: string): boolean {
  const [, given = ""] = /^Bearer +([!-~]+) *$/i.exec(header ?? "") ?? [];
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
