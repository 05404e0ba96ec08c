import type { Chat, ChatMessage } from "./chat.ts";
import type { FormattedText } from "./wire.ts";
import type { World } from "./world.ts";

/**
 * Privacy mode: in a group a bot hears commands, replies to it and mentions of it, unless it is an administrator or may
 * read everything. https://core.telegram.org/bots/features#privacy-mode
 */
export function reachesBot(world: World, chat: Chat, said: Partial<FormattedText>, repliedTo?: ChatMessage): boolean {
  const { bot } = world;
  if (chat.info.type === "private" || chat.botIsAdministrator || bot.can_read_all_group_messages) return true;
  if (repliedTo?.from.id === bot.id) return true;
  const { text = "", entities = [] } = said;
  return entities.some(({ type, offset, length }) => {
    const words = text.slice(offset, offset + length);
    if (type === "mention") return words === `@${bot.username}`;
    return type === "bot_command" && (!words.includes("@") || words.endsWith(`@${bot.username}`));
  });
}
