import { defineConfig } from "vitest/config";

// The real program in a real browser: one after the other, each with its own program.
export default defineConfig({
  test: {
    environment: "node",
    include: ["e2e/**/*.e2e.ts"],
    setupFiles: ["e2e/setup.ts"],
    fileParallelism: false,
    // Of a whole story, which may go through every page; each of its waits ends after a minute.
    testTimeout: 400_000,
    hookTimeout: 120_000,
  },
});
