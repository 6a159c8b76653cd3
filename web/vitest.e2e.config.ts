import { defineConfig } from "vitest/config";

// The real program in a real browser: one after the other, each with its own program.
export default defineConfig({
  test: {
    environment: "node",
    include: ["e2e/**/*.e2e.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // A machine that is busy with other things may starve a browser once; what is wrong fails twice.
    retry: 1,
  },
});
