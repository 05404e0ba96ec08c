import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import { type HttpScene, startHttpScene, token } from "./support/scene.ts";
import { fromGithub } from "./support/signed.ts";

let scene: HttpScene;
beforeAll(async () => {
  scene = await startHttpScene();
}, 60_000);
afterAll(() => scene[Symbol.asyncDispose]());

/** Sends bytes as they are, and answers with all that comes back until the server closes. */
async function send(...lines: string[]): Promise<string> {
  const socket = connect(Number(new URL(scene.url).port), "127.0.0.1");
  socket.on("error", () => {});
  socket.write(`${[...lines, "Connection: close"].join("\r\n")}\r\n\r\n`);
  return (await socket.setEncoding("utf8").toArray()).join("");
}

const orders = async () => (await scene.desk.orders()).map(({ text }) => text);

describe("OPS-09 a name that is not ours is turned away, however it is written", () => {
  test.each([
    ["a name that begins like ours", "localhost.evil.example"],
    ["an address with a name behind it", "127.0.0.1.evil.example"],
    ["a user before a name", "localhost@evil.example"],
    ["a path behind ours", "evil.example/localhost"],
    ["another's address", "10.0.0.1"],
    ["nothing", ""],
  ])("%s", async (_what, host) => {
    expect(await send("GET /api/jobs HTTP/1.1", `Host: ${host}`)).toMatch(/^HTTP\/1\.1 40[03] /);
  });

  test("ours beside another's in the request line or in X-Forwarded-Host", async () => {
    expect(await send("GET http://evil.example/api/jobs HTTP/1.1", "Host: evil.example")).toMatch(/^HTTP\/1\.1 403 /);
    const forwarded = await send("GET /api/jobs HTTP/1.1", "Host: evil.example", "X-Forwarded-Host: localhost");
    expect(forwarded).toMatch(/^HTTP\/1\.1 403 /);
  });

  test.each(["null", "https://localhost.evil.example", "file://", "chrome-extension://abc"])(
    "the page of the origin %s, which learns nothing from a preflight either",
    async (origin) => {
      const preflight = await scene.request("/webhook", {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
      const asked = await scene.post("/webhook", { text: "Of a page", project: "shop" }, { headers: { origin } });

      expect([preflight.status, asked.status]).toEqual([403, 403]);
      expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
    },
  );
});

test("OPS-09 a form of another page, which needs no preflight, orders nothing", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
    const body = JSON.stringify({ text: "By a form", project: "shop" });
    const response = await scene.request("/webhook", { method: "POST", body, headers: { "content-type": type } });
    expect(response.status).toBe(415);
  }
  expect(await orders()).not.toContain("By a form");
});

test("OPS-09 no header and no query makes a look into a change", async () => {
  const headers = { "x-http-method-override": "POST", "x-http-method": "DELETE", "x-method-override": "POST" };

  expect((await scene.request("/webhook?_method=POST", { headers })).status).toBe(405);
  expect((await scene.request("/api/jobs?_method=DELETE", { headers })).status).toBe(400);
});

test.each([
  "/api/jobs/../../etc/passwd",
  "/api/jobs/..%2f..%2fhome%2fhttp.lock/report",
  "/api/jobs/%2e%2e/report",
  "/api/jobs/aaaaaaaa%00/report",
  "/api/jobs/aaaaaaa%C3/patch",
  "/api/jobs/aaaaaaa%/patch",
  "//evil.example/api/jobs",
  "/webhook/github/__proto__",
  "/webhook/github/constructor",
])("OPS-09 %s leads nowhere", async (path) => {
  const answer = await send(`GET ${path} HTTP/1.1`, "Host: localhost");

  expect(answer).toMatch(/^HTTP\/1\.1 (400|404|405) /);
  expect(answer).not.toMatch(/root:|\bat \S+\.ts:/);
});

test.each([
  ["__proto__", '{"text":"P","project":"shop","__proto__":{"isAdmin":true}}', 422],
  ["constructor", '{"text":"P","project":"shop","constructor":{"prototype":{"isAdmin":true}}}', 422],
  ["a project that every object has", '{"text":"P","project":"toString"}', 422],
  ["depth", `{"text":"P","project":"shop","validation":${"[".repeat(60_000)}${"]".repeat(60_000)}}`, 422],
  ["depth in a name of its own", `${'{"a":'.repeat(30_000)}1${"}".repeat(30_000)}`, 422],
  ["a number without end", `{"text":${"9".repeat(100_000)}}`, 422],
  ["a key that comes twice", '{"text":"first","text":"P","project":"nowhere"}', 422],
  ["half a surrogate", '{"text":"\\ud800","project":"nowhere"}', 422],
])("OPS-09 a hostile body is refused and changes nothing: %s", async (_what, body, status) => {
  const headers = { "content-type": "application/json" };

  const response = await scene.request("/webhook", { method: "POST", body, headers });

  expect(response.status).toBe(status);
  expect(Object.hasOwn(Object.prototype, "isAdmin")).toBe(false);
  expect((await scene.request("/api/projects")).status).toBe(200);
});

test.each([
  "cursor=-1",
  "cursor=99999999999999999999",
  "cursor=1-0%0d%0aX:%20y",
  "cursor=__proto__",
  "limit=0",
  "limit=1e9",
  "status=__proto__",
  "cursor[]=1",
])("OPS-09 a forged query is refused: %s", async (query) => {
  expect((await scene.request(`/api/jobs?${query}`)).status).toBe(400);
});

test("OPS-09 a signature is for its body and for this tracker's kind alone", async () => {
  const { headers, body, ...rest } = fromGithub({ action: "labeled", n: 1 });
  const changed = `${Buffer.from(body as string).toString()} `;

  expect((await scene.request("/webhook/github/issues", { ...rest, headers, body: changed })).status).toBe(401);
  expect((await scene.request("/webhook/github/board", { ...rest, headers, body })).status).toBe(404);
  expect((await scene.request("/webhook/github/issues", { ...rest, headers, body })).status).toBe(202);
});

test.each([
  ["none", ""],
  ["another scheme", `Basic ${token}`],
  ["two tokens", `Bearer ${token} ${token}`],
  ["two schemes", `Bearer Bearer ${token}`],
  ["its beginning", `Bearer ${token.slice(0, -1)}`],
  ["more than it", `Bearer ${token}x`],
])("OPS-09 what is not the token opens nothing: %s", async (_what, authorization) => {
  const headers = { authorization, "content-type": "application/json" };

  expect([401, 429]).toContain(
    (await scene.post("/webhook", { text: "Sneak in", project: "shop" }, { headers })).status,
  );
  expect(await orders()).not.toContain("Sneak in");
});

test("OPS-09 streams that were left make room for others, and too many are refused", async () => {
  const gone = new AbortController();
  const open = await Promise.all(
    Array.from({ length: 100 }, () => scene.request("/api/events", { signal: gone.signal })),
  );
  expect(new Set(open.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await scene.request("/api/events")).status).toBe(429);

  gone.abort();

  await until(async () => {
    const later = new AbortController();
    const { status } = await scene.request("/api/events", { signal: later.signal });
    later.abort();
    return status === 200;
  });
}, 60_000);

test("OPS-09 a body that comes by drops is not waited for, and nobody else waits for it", async () => {
  const socket = connect(Number(new URL(scene.url).port), "127.0.0.1").setEncoding("utf8");
  socket.on("error", () => {});
  const head = ["POST /webhook HTTP/1.1", "Host: localhost", `Authorization: Bearer ${token}`];
  socket.write(`${[...head, "Content-Type: application/json", "Content-Length: 1000"].join("\r\n")}\r\n\r\n{`);
  const drops = setInterval(() => socket.write(" "), 500);

  const closed = once(socket, "close");
  socket.resume();
  expect((await scene.request("/api/projects")).status).toBe(200);
  await closed;
  clearInterval(drops);

  expect((await scene.request("/api/projects")).status).toBe(200);
}, 60_000);
