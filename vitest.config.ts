import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Files hold real child processes and a Redis each, and wait for them two fifths of their time: three keep two cores busy.
    maxWorkers: 3,
    pool: "forks",
  },
});
