import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { Environment } from "../src/platform/environment.ts";

const root = join(import.meta.dirname, "..");
const read = (name: string) => readFileSync(join(root, name), "utf8");

const Service = z.looseObject({
  image: z.string().optional(),
  build: z.string().optional(),
  command: z.array(z.string()),
  env_file: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  restart: z.string(),
});
const Compose = z.object({
  services: z.object({ redis: Service, bot: Service, daemon: Service }),
  volumes: z.record(z.string(), z.unknown()),
});

test("OPS-06 compose keeps Redis's data, and never lets it throw jobs away", () => {
  const { redis } = Compose.parse(parse(read("docker-compose.yml"))).services;

  expect(redis.command.join(" ")).toContain("--appendonly yes");
  expect(redis.command.join(" ")).toContain("--maxmemory-policy noeviction");
  expect(redis.volumes).toEqual(["redis:/data"]);
  expect(redis.healthcheck?.test).toEqual(["CMD", "redis-cli", "ping"]);
});

test.each(["bot", "daemon"] as const)(
  "OPS-06 compose starts the %s when Redis answers, and starts it again",
  (name) => {
    const service = Compose.parse(parse(read("docker-compose.yml"))).services[name];

    expect(service.command).toEqual([name]);
    expect(service.env_file).toBe(".env");
    expect(service.depends_on).toEqual({ redis: { condition: "service_healthy" } });
    expect(service.restart).toBe("unless-stopped");
    expect(service).not.toHaveProperty("privileged");
    for (const variable of Object.keys(service.environment)) expect(Object.keys(Environment.shape)).toContain(variable);
  },
);

test("OPS-06 every volume that compose names is declared", () => {
  const { services, volumes } = Compose.parse(parse(read("docker-compose.yml")));
  const named = Object.values(services).flatMap((it) => it.volumes.map((volume) => volume.split(":")[0] ?? ""));

  expect(named.filter((name) => /^\w+$/.test(name)).toSorted()).toEqual(Object.keys(volumes).toSorted());
});

test("OPS-06 the image has git, a sandbox and the locked dependencies, and does not run as root", () => {
  const lines = read("Dockerfile");

  expect(lines).toMatch(/^FROM node:24-slim$/m);
  expect(lines).toMatch(/install .*bubblewrap .*git/);
  expect(lines).toContain("npm ci --omit=dev --ignore-scripts");
  expect(lines.indexOf("USER node")).toBeLessThan(lines.indexOf("ENTRYPOINT"));
  for (const [, name = ""] of lines.matchAll(/(\w+)=\//g)) expect(Object.keys(Environment.shape)).toContain(name);
});

test("OPS-06 the systemd unit lets the daemon end its own Redis last", () => {
  const unit = read("packaging/chargehand.service");

  expect(unit).toMatch(/^ExecStart=\/opt\/chargehand\/chargehand up$/m);
  expect(unit).toMatch(/^KillMode=mixed$/m);
  expect(unit).not.toMatch(/^User=root$/m);
});

test.each(["chargehand", "scripts/needs.sh", "scripts/setup.sh"])(
  "OPS-01 %s is a script that any shell can read",
  (name) => {
    expect(() => execFileSync("sh", ["-n", join(root, name)])).not.toThrow();
  },
);

test("OPS-01 the continuous integration runs what the README promises", () => {
  const script = read(".ci/run");

  expect(() => execFileSync("bash", ["-n", join(root, ".ci/run")])).not.toThrow();
  expect(script).toContain("./chargehand demo --auto");
  expect(script).toContain("./chargehand test --engines");
});
