import { startHttpScene } from "../http/support/scene.ts";
import { openOrders } from "../support/orders.ts";
import { keepsTheTaskSourceContract } from "./task-source.ts";

keepsTheTaskSourceContract({
  name: "HTTP",
  origin: "http",
  person: "http",
  async start() {
    await using opening = new AsyncDisposableStack();
    const scene = opening.use(await startHttpScene());
    const orders = opening.use(openOrders(scene.redis));
    const scope = opening.move();
    return {
      async ask({ request, text }) {
        await scene.post("/webhook", { text, project: "shop", requestId: request });
      },
      orders: () => orders.all(),
      [Symbol.asyncDispose]: () => scope.disposeAsync(),
    };
  },
});
