import { startScene } from "../cli/support/scene.ts";
import { connectMcp } from "../mcp/support.ts";
import { openOrders } from "../support/orders.ts";
import { keepsTheTaskSourceContract } from "./task-source.ts";

keepsTheTaskSourceContract({
  name: "an agent over MCP",
  origin: "mcp",
  person: "mcp",
  async start() {
    await using opening = new AsyncDisposableStack();
    const scene = opening.use(await startScene());
    const orders = opening.use(openOrders(scene.redis));
    const agent = opening.use(await connectMcp(scene));
    const scope = opening.move();
    return {
      async ask({ request, text }) {
        await agent.call("submit", { text, project: "shop", requestId: request });
      },
      orders: () => orders.all(),
      [Symbol.asyncDispose]: () => scope.disposeAsync(),
    };
  },
});
