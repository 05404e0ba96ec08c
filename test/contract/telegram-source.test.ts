import type { ChatMessage } from "../../src/emulators/bot-api/chat.ts";
import { startScenePlaying } from "../bot/support/scene.ts";
import { keepsTheTaskSourceContract } from "./task-source.ts";

keepsTheTaskSourceContract({
  name: "a Telegram chat",
  origin: "telegram",
  person: "telegram",
  async start() {
    const scene = await startScenePlaying();
    const { ann, botApi, daemon } = scene;
    const asked = new Map<string, ChatMessage>();
    const answers = () => ann.chat.messages.filter(({ from }) => from.id === botApi.bot.id).length;
    return {
      async ask({ request, text }) {
        const before = asked.get(request);
        if (before === undefined) {
          const known = answers();
          // A chat carries no message without a word, so nothing but the command is said.
          asked.set(request, ann.sends(text.trim() === "" ? "/new" : text));
          await botApi.until(() => answers() > known);
          return;
        }
        // The same request is the same message: delivered once more, or edited by the person who wrote it.
        const update = botApi.updates.find(({ message }) => numberOf(message) === before.id);
        if (update === undefined) throw new Error("The message never became an update.");
        botApi.deliverAgain(
          before.text === text ? update : { ...update, message: { ...(update.message ?? {}), text } },
        );
        await botApi.until(() => botApi.pendingUpdates.length === 0 && botApi.isPolled);
      },
      orders: async () => daemon.submissions,
      [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
    };
  },
});

function numberOf(message: unknown): unknown {
  return typeof message === "object" && message !== null && "message_id" in message ? message.message_id : undefined;
}
