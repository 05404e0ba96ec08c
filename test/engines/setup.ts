import { install } from "./install.ts";

export async function setup(): Promise<void> {
  await install();
}
