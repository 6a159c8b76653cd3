/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.FERMATA_URL ?? "http://127.0.0.1:8080";
const paths = ["/v1", "/dev", "/frame", "/docs", "/openapi.json"];

// The server puts a fresh nonce in the place of __CSP_NONCE__ in every answer.
export default defineConfig(({ command }) => ({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  html: command === "build" ? { cspNonce: "__CSP_NONCE__" } : {},
  build: {
    target: "es2022",
    // Older targets would have light-dark() rewritten in a way that Mantine's schemes do not set.
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    sourcemap: false,
    assetsInlineLimit: 0,
    // One file: what is loaded later is never drawn without its styles, and a failure has scripts alone to repeat.
    cssCodeSplit: false,
    emptyOutDir: false,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
  },
  server: { proxy: Object.fromEntries(paths.map((path) => [path, { target: server, changeOrigin: false }])) },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./src/test/setup.ts"],
    pool: "threads",
    maxWorkers: 2,
    testTimeout: 60_000,
  },
}));
