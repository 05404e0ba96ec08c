import { startScene } from "../cli/support/scene.ts";
import { openOrders } from "../support/orders.ts";
import { keepsTheTaskSourceContract } from "./task-source.ts";

keepsTheTaskSourceContract({
  name: "a terminal",
  origin: "terminal",
  person: "terminal",
  async start() {
    await using opening = new AsyncDisposableStack();
    const scene = opening.use(await startScene());
    const orders = opening.use(openOrders(scene.redis));
    const scope = opening.move();
    return {
      async ask({ request, text }) {
        await scene.chargehand("submit", text, "-p", "shop", "--request-id", request);
      },
      orders: () => orders.all(),
      [Symbol.asyncDispose]: () => scope.disposeAsync(),
    };
  },
});
