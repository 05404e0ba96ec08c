#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// What was compiled once is not compiled again, which is a third of a start; where nothing can be kept, Node goes on without.
enableCompileCache(join(import.meta.dirname, "../node_modules/.cache/chargehand"));

const { main } = await import("./cli/main.ts");
await main();
