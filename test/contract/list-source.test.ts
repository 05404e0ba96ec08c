import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { listSource } from "../../src/sources/list/list-source.ts";
import { readList } from "../../src/sources/list/read-list.ts";
import { startScene } from "../cli/support/scene.ts";
import { openOrders } from "../support/orders.ts";
import { never } from "../support/project.ts";
import { keepsTheTaskSourceContract } from "./task-source.ts";

keepsTheTaskSourceContract({
  name: "a list",
  origin: "list",
  person: "list",
  async start() {
    await using opening = new AsyncDisposableStack();
    const scene = opening.use(await startScene());
    const orders = opening.use(openOrders(scene.redis));
    const scope = opening.move();
    const projects = { shop: { baseDir: "/srv/shop" } } as never;
    return {
      async ask({ request, text }) {
        const file = join(scene.directory, "tasks.json");
        await writeFile(file, JSON.stringify([{ requestId: request, text }]));
        const refused = () => [];
        const tasks = await Promise.resolve()
          .then(() => readList(file, { projects }, scene.directory))
          .catch(refused);
        await listSource({ tasks, card: undefined, log: pino({ enabled: false }) }).run(scene.desk, never);
      },
      orders: () => orders.all(),
      [Symbol.asyncDispose]: () => scope.disposeAsync(),
    };
  },
});
