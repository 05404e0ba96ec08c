import { spawn } from "node:child_process";
import { once } from "node:events";
import { findProgram } from "../platform/find-program.ts";

/** Shows a page where a desktop is. Where there is none, or it does not work, the address on the screen is enough. */
export async function openInBrowser(url: string): Promise<void> {
  const opener = findOpener(process.env);
  if (opener === undefined) return;
  const child = spawn(opener, [url], { stdio: "ignore", detached: true });
  child.unref();
  await Promise.race([once(child, "spawn"), once(child, "error")]).catch(() => {});
}

function findOpener({ DISPLAY, WAYLAND_DISPLAY }: NodeJS.ProcessEnv): string | undefined {
  if (process.platform === "darwin") return findProgram(["open"]);
  return DISPLAY || WAYLAND_DISPLAY ? findProgram(["xdg-open"]) : undefined;
}
