import type { CommandGroup } from "./command-line.ts";
import { example } from "./options.ts";

/** To be at work, until Ctrl-C. */
export const serveCommands: CommandGroup = (program, context, act) => {
  program.commandsGroup("Work:");
  program
    .command("up")
    .description("start the bot and the daemon in one process")
    .addHelpText("after", example("up"))
    .action(act(async () => (await import("./serve.ts")).serve(context, { bot: true, daemon: true })));
  program
    .command("bot")
    .description("start the bot alone: Telegram on one side, Redis on the other")
    .addHelpText("after", example("bot"))
    .action(act(async () => (await import("./serve.ts")).serve(context, { bot: true, daemon: false })));
  program
    .command("daemon")
    .description("start the daemon alone: it carries out what was ordered")
    .addHelpText("after", example("daemon"))
    .action(act(async () => (await import("./serve.ts")).serve(context, { bot: false, daemon: true })));
  program
    .command("mcp")
    .description("be an MCP server for the agent that starts it: order, look and answer over stdin and stdout")
    .addHelpText("after", example("mcp"))
    .action(act(async () => (await import("./mcp.ts")).mcp(context)));
};
