import { pino } from "pino";
import { openPrivateRedis } from "../../src/platform/private-redis.ts";

// A process that opens the private Redis of the directory it is given, says so, and stays until it is killed.
const [, , directory = ""] = process.argv;
await openPrivateRedis({ directory, log: pino({ enabled: false }) }, AbortSignal.timeout(30_000));
process.stdout.write("open\n");
