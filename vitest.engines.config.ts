import { defineConfig } from "vitest/config";

/** The real coding CLIs against a scripted model: `npx vitest run --config vitest.engines.config.ts`. */
export default defineConfig({
  test: {
    include: ["test/engines/**/*.engine-test.ts"],
    globalSetup: ["test/engines/setup.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // OpenCode alone takes both cores for seconds.
    maxWorkers: 2,
    pool: "forks",
  },
});
