import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Files hold real child processes and a Redis each: two at a time is what two cores carry.
    maxWorkers: 2,
    pool: "forks",
  },
});
