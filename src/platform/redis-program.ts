import { AppError } from "../core/error.ts";
import { findProgram } from "./find-program.ts";

/** The Redis or Valkey server of this machine. Without one the failure says how to get it. */
export function findRedisServer(searchPath?: string): string {
  const program = findProgram(["redis-server", "valkey-server"], searchPath);
  if (program !== undefined) return program;
  const remedy = redisRemedy(process.platform);
  throw new AppError("redis-unavailable", "No redis-server or valkey-server was found.", { remedy });
}

/** How to get a Redis, by platform. */
export function redisRemedy(platform: NodeJS.Platform): string {
  const elsewhere = "or set REDIS_URL to a server you have.";
  if (platform === "darwin") return `Install one with "brew install redis", ${elsewhere}`;
  return `Install one (Debian, Ubuntu: "apt install redis-server"; Fedora: "dnf install valkey"; Alpine: "apk add valkey util-linux"), ${elsewhere}`;
}
