import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../core/error.ts";

/** The tests are a program of their own, so that `./chargehand test` works even where this one does not. */
export async function testCheckout({ engines }: { engines?: boolean }): Promise<number> {
  const script = join(import.meta.dirname, "../../scripts/test.ts");
  if (!existsSync(script)) {
    throw new AppError("not-found", "There are no tests here. Start ./chargehand test in a checkout of Chargehand.");
  }
  const child = spawn(process.execPath, [script, ...(engines ? ["--engines"] : [])], { stdio: "inherit" });
  const [exitCode] = await once(child, "close");
  return typeof exitCode === "number" ? exitCode : 1;
}
