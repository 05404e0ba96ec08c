import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpRows } from "../../src/cli/doctor/http.ts";
import { Config } from "../../src/core/config.ts";
import { readEnvironment } from "../../src/platform/environment.ts";
import { type HttpScene, startHttpScene } from "./support/scene.ts";

let scene: HttpScene;
beforeAll(async () => {
  scene = await startHttpScene();
}, 60_000);
afterAll(() => scene[Symbol.asyncDispose]());

/** Sends bytes as they are, and answers with all that comes back until the server closes. */
async function send(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(scene.url).port), "127.0.0.1");
  socket.on("error", () => {});
  socket.write(bytes);
  return (await socket.setEncoding("utf8").toArray()).join("");
}

test("OPS-09 on this machine alone looking needs no token, and changing does", async () => {
  const nobody = { headers: { authorization: "" } };

  expect((await scene.request("/api/jobs", nobody)).status).toBe(200);
  expect((await scene.post("/webhook", { text: "Fix it", project: "shop" }, nobody)).status).toBe(401);
});

test("OPS-09 a foreign name and a foreign page are turned away, with or without the token", async () => {
  const page = await scene.request("/api/jobs", { headers: { origin: "https://evil.example" } });
  const rebound = await send("GET /api/jobs HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

  expect(page.status).toBe(403);
  expect(page.headers.get("access-control-allow-origin")).toBeNull();
  expect(rebound).toMatch(/^HTTP\/1\.1 403 /);
});

test("OPS-09 a right token is taken however many wrong ones came before it", async () => {
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const wrong = { method: "POST", headers: { authorization: "Bearer guess" } };
    statuses.push((await scene.request("/api/jobs/aaaaaaaa/cancel", wrong)).status);
  }

  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect((await scene.post("/webhook", { text: "Fix it", project: "shop" })).status).toBe(202);
}, 30_000);

test("OPS-09 SY-51 a method that is not possible is told with those that are", async () => {
  const response = await scene.request("/api/jobs", { method: "DELETE" });

  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test.each([
  ["garbage", "\x16\x03\x01 no HTTP\r\n\r\n", 400],
  ["a head that is too long", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"y".repeat(40_000)}\r\n\r\n`, 431],
  ["a head that never ends", "GET /health HTTP/1.1\r\nHost: localhost\r\nX: y\r\n", 408],
])(
  "OPS-09 %s is answered and the connection closed",
  async (_what, bytes, status) => {
    expect(await send(bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect((await scene.request("/api/projects")).status).toBe(200);
  },
  30_000,
);

test("OPS-09 a port that is taken is told with what to do", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;

  await expect(startHttpScene({ http: { port } })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken by another program.`,
  );
  other.close();
}, 30_000);

test("OPS-09 a server that others can reach does not start without a token, and doctor says so before", async () => {
  const http = { host: "0.0.0.0" };

  await expect(startHttpScene({ http, environment: { CHARGEHAND_HTTP_TOKEN: undefined } })).rejects.toThrow(
    "so it needs a token. Set CHARGEHAND_HTTP_TOKEN",
  );
  const rows = httpRows(Config.parse({ projects: {}, http }), readEnvironment({ HOME: "/home/ann" }));
  expect(rows.map(({ state }) => state)).toEqual(["failed"]);
}, 30_000);
