import { expect, test } from "vitest";
import { startStoppableRedis } from "../bot/support/stoppable-redis.ts";
import { until } from "../support/until.ts";
import { errorOf, startHttpScene } from "./support/scene.ts";

test("OPS-09 while Redis is away an order is refused at once, and taken when it is back", async () => {
  await using redis = await startStoppableRedis();
  await using scene = await startHttpScene({ redis });
  const order = { text: "Fix it", project: "shop", requestId: "patient" };

  await redis.stops();
  const refused = await scene.post("/webhook", order);
  await redis.starts();
  const taken = await until(async () => {
    const response = await scene.post("/webhook", order);
    return response.status === 202 ? response : undefined;
  });

  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("2");
  expect((await errorOf(refused)).code).toBe("redis-unavailable");
  expect(await taken.json()).toMatchObject({ jobId: expect.stringMatching(/^[a-z0-9]{8}$/) });
}, 60_000);

test("OPS-09 a server whose Redis is away still ends when it is told to", async () => {
  await using redis = await startStoppableRedis();
  await using scene = await startHttpScene({ redis });

  await redis.stops();
  await scene.stop();
  await redis.starts();

  await expect(scene.request("/health")).rejects.toThrow();
}, 60_000);
