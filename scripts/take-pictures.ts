// npm run pictures: plays the demo in a browser and takes the README's two pictures of its chat anew.

import { on } from "node:events";
import { join } from "node:path";
import { execa } from "execa";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../test/emulators/phone-browser.ts";

const checkout = join(import.meta.dirname, "..");
const patience = { timeout: 120_000 };

const demo = execa(process.execPath, [join(checkout, "src/cli.ts"), "demo", "--no-open"], {
  all: true,
  forceKillAfterDelay: 20_000,
});
try {
  const browser = await openBrowser();
  const address = await addressOf(demo);
  await takeResult(browser, address);
  await takeQuestion(browser, address);
  await browser.close();
} finally {
  demo.kill("SIGINT");
  await demo.catch(() => {});
}

async function addressOf({ all }: typeof demo): Promise<string> {
  let said = "";
  for await (const [words] of on(all, "data", { close: ["end"] })) {
    said += words;
    const [address] = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(said) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`The demo ended before it said where the phone is. ${said}`);
}

/** A task and its result. */
async function takeResult(browser: Browser, address: string): Promise<void> {
  const page = await openPhone(browser, address, "light");
  await page.getByRole("button", { name: /failing test/ }).click();
  await page.getByRole("button", { name: "Merge" }).waitFor(patience);
  await take(page, "chat-light.png");
}

/** A command that asks first. */
async function takeQuestion(browser: Browser, address: string): Promise<void> {
  const page = await openPhone(browser, address, "dark");
  await page.getByRole("button", { name: "Write a README" }).click();
  await page.getByRole("button", { name: "Allow once" }).waitFor(patience);
  await take(page, "chat-dark.png");
}

async function openPhone(browser: Browser, address: string, colorScheme: "light" | "dark"): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 420, height: 1300 }, deviceScaleFactor: 1.5, colorScheme });
  await page.goto(address);
  return page;
}

async function take(page: Page, name: string): Promise<void> {
  // The card's last edit may come a moment after the message that was waited for.
  await page.waitForTimeout(2_000);
  await page.screenshot({ path: join(checkout, "docs", name) });
  await page.close();
}
