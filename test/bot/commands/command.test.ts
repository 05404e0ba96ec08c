import { expect, test } from "vitest";
import { commandList, readCommand } from "../../../src/bot/commands/command.ts";

test.each([
  ["fix the typo", { type: "order", text: "fix the typo" }],
  ["/new shop: fix it\nplease", { type: "order", text: "shop: fix it\nplease" }],
  ["/new@chargehand_bot fix it", { type: "order", text: "fix it" }],
  ["/new", { type: "order", text: "" }],
  ["/Jobs", { type: "jobs" }],
  ["/status  x7k2 ", { type: "status", job: "x7k2" }],
  ["/cancel", { type: "cancel", job: "" }],
  ["/dance", { type: "unknown", name: "dance" }],
  ["/usr/bin/env is wrong", { type: "order", text: "/usr/bin/env is wrong" }],
])("BOT-07 %j is read as it is meant", (text, command) => {
  expect(readCommand(text)).toEqual(command);
});

test("TG-56 the menu is short enough for Telegram and holds only what is understood", () => {
  expect(commandList.length).toBeLessThanOrEqual(60);
  for (const { command, description } of commandList) {
    expect(readCommand(`/${command}`).type).not.toBe("unknown");
    expect(description.length).toBeLessThanOrEqual(256);
  }
});
