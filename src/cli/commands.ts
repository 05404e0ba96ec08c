import { checkCommands } from "./check-commands.ts";
import type { CommandGroup } from "./command-line.ts";
import { decideCommands } from "./decide-commands.ts";
import { lookCommands } from "./look-commands.ts";
import { orderCommands } from "./order-commands.ts";
import { policyCommands } from "./policy-commands.ts";
import { serveCommands } from "./serve-commands.ts";
import { tryCommands } from "./try-commands.ts";
import { upkeepCommands } from "./upkeep-commands.ts";

/** Every command there is, in the order in which help names them. */
export const commandGroups: readonly CommandGroup[] = [
  serveCommands,
  orderCommands,
  lookCommands,
  decideCommands,
  upkeepCommands,
  tryCommands,
  policyCommands,
  checkCommands,
];
