import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version of this Chargehand, as its package says. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  return String(version);
}
