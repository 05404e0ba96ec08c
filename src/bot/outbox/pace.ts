/** How long to be silent after a message, in one chat and over all. */
export interface Pace {
  chatMs(chatId: number): number;
  readonly overallMs: number;
  /** The most that may be under way or answered within the last second. */
  readonly perSecond: number;
}

/**
 * Telegram's limits: one message a second to a chat, 20 a minute to a group, 30 a second in all
 * (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this). Edits are counted as messages, since
 * their limits are not published. A group's pace leaves room in its minute for the one message that goes on credit.
 */
export const telegramPace: Pace = {
  chatMs: (chatId) => (isGroup(chatId) ? 3_200 : 1_000),
  overallMs: Math.ceil(1_000 / 28),
  perSecond: 29,
};

/** Groups and channels have negative numbers. */
function isGroup(chatId: number): boolean {
  return chatId < 0;
}
