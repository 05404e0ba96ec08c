import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAllowed, isPrivate, parseDestination } from "../../src/platform/sandbox/host-rule.ts";
import { type HostProxy, openProxy } from "../../src/platform/sandbox/proxy.ts";
import { proxyEnvironment } from "../../src/platform/sandbox/proxy-environment.ts";

describe("RC-06 the hosts of a sandbox", () => {
  const hosts = ["api.openai.com", "127.0.0.1:4801", "[::1]:4802", "registry.internal:8443"];

  test.each([
    ["api.openai.com", 443, true],
    ["api.openai.com", 80, true],
    ["API.OpenAI.com.", 443, true],
    ["api.openai.com", 22, false],
    ["openai.com", 443, false],
    ["evil-api.openai.com", 443, false],
    ["api.openai.com.evil.example", 443, false],
    ["127.0.0.1", 4801, true],
    ["127.0.0.1", 443, false],
    ["::1", 4802, true],
    ["registry.internal", 8443, true],
    ["registry.internal", 443, false],
    ["", 443, false],
  ])("%s on port %i: %s", (host, port, allowed) => {
    expect(isAllowed(hosts, { host, port })).toBe(allowed);
  });

  test("are read with and without a port, IPv6 in brackets", () => {
    expect(parseDestination("Example.com:8080")).toEqual({ host: "example.com", port: 8080 });
    expect(parseDestination("example.com")).toEqual({ host: "example.com", port: undefined });
    expect(parseDestination("[fe80::1]:443")).toEqual({ host: "fe80::1", port: 443 });
  });

  test("have private addresses in all their spellings", () => {
    const ours = [
      "127.0.0.1",
      "10.1.2.3",
      "169.254.169.254",
      "192.168.0.1",
      "::1",
      "fd00::1",
      "::ffff:10.0.0.1",
      "0.0.0.0",
    ];

    expect(ours.filter((address) => !isPrivate(address))).toEqual([]);
    expect(["1.1.1.1", "2606:4700::1111"].filter(isPrivate)).toEqual([]);
  });

  test("leave a program's own servers out of the proxy, unless they are such a host", () => {
    expect(proxyEnvironment(["example.com"], 3128).NO_PROXY).toBe("localhost,127.0.0.1,::1");
    expect(proxyEnvironment(["127.0.0.1:4801"], 3128).no_proxy).toBe("localhost,::1");
  });
});

describe("RC-06 the proxy of a sandbox", () => {
  let server: Server;
  let port: number;
  let proxy: HostProxy;

  beforeAll(async () => {
    server = createServer(async (asked, answer) => {
      answer.setHeader("x-host", asked.headers.host ?? "");
      answer.end(`${asked.method} ${asked.url} ${await text(asked)}`);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    port = portOf(server);
    proxy = await openProxy({
      hosts: [`127.0.0.1:${port}`, `localhost:${port}`, `rebound.example:${port}`],
      listenOn: "loopback",
      lookup: async () => ["127.0.0.1"],
    });
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    server.close();
  });

  async function ask(path: string, body = "", headers: Record<string, string> = {}) {
    const asked = request({ port: proxy.port, host: "127.0.0.1", method: "POST", path, headers });
    asked.end(body);
    const [answer] = await once(asked, "response");
    return { status: answer.statusCode, host: answer.headers["x-host"], body: await text(answer) };
  }

  async function tunnel(to: string): Promise<string> {
    const socket = connect(proxy.port ?? 0, "127.0.0.1");
    socket.write(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n\r\n`);
    socket.write("GET /tunnelled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return await text(socket);
  }

  test("hands a request on, with its body and the host of its address", async () => {
    const answer = await ask(`http://127.0.0.1:${port}/path?x=1`, "body", { host: "fronted.example" });

    expect(answer).toEqual({ status: 200, host: `127.0.0.1:${port}`, body: "POST /path?x=1 body" });
  });

  test("opens a tunnel to an allowed host", async () => {
    expect(await tunnel(`127.0.0.1:${port}`)).toMatch(/^HTTP\/1.1 200 Connection Established\r\n\r\nHTTP\/1.1 200 OK/);
    expect(await tunnel(`localhost:${port}`)).toContain("GET /tunnelled");
  });

  test.each(["example.com:443", "127.0.0.1:1", "[::1]:443", "nonsense", "127.0.0.1"])(
    "opens no tunnel to %s and says which hosts there are",
    async (to) => {
      expect(await tunnel(to)).toMatch(
        /^HTTP\/1.1 403 Forbidden[\s\S]*The sandbox does not let this program reach .*, only: 127/,
      );
    },
  );

  test("does not follow an allowed name to a private address", async () => {
    expect(await tunnel(`rebound.example:${port}`)).toContain("has no address on the internet");
    expect(await ask(`http://rebound.example:${port}/`)).toMatchObject({ status: 403 });
  });

  test("refuses what is no request to a proxy", async () => {
    expect(await ask("/just/a/path")).toMatchObject({ status: 403 });
    expect(await ask(`ftp://127.0.0.1:${port}/`)).toMatchObject({ status: 403 });
  });

  test("says so when an allowed host does not answer", async () => {
    // A port so low that nothing listens there, and no test running beside this one gets it.
    await using other = await openProxy({ hosts: ["127.0.0.1:1"], listenOn: "loopback" });

    const socket = connect(other.port ?? 0, "127.0.0.1");
    socket.write("CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n");

    expect(await text(socket)).toContain("The host could not be reached.");
  });
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
