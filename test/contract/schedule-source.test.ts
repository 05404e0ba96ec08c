import { lastRun } from "../../src/sources/schedules/fire.ts";
import { startSourceScene } from "../sources/support.ts";
import { until } from "../support/until.ts";
import { keepsTheTaskSourceContract } from "./task-source.ts";

const now = Date.now();

keepsTheTaskSourceContract({
  name: "a schedule",
  origin: "schedule",
  person: "schedule",
  async start() {
    const source = await startSourceScene();
    return {
      async ask({ request, text }) {
        if (text.trim() === "") {
          // Such a schedule is a mistake in the configuration, and nothing starts with it.
          return void (await Promise.resolve()
            .then(() => source.schedule({ blank: { at: new Date(now).toISOString(), text } }).stop())
            .catch(() => {}));
        }
        const name = `request-${request}`;
        const { stop } = source.schedule({ [name]: { at: new Date(now - Number(request)).toISOString(), text } });
        await until(() => lastRun(source.scene.redis, "shop", name));
        await stop();
      },
      orders: source.orders,
      [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
    };
  },
});
