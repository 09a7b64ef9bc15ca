import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env["SEARCHLIGHT_SERVER"] ?? "http://127.0.0.1:7700";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { port: 5173, proxy: { "/api": { target: server, changeOrigin: false }, "/openapi.json": { target: server } } },
  preview: { port: 4173, proxy: { "/api": { target: server, changeOrigin: false } } },
  build: {
    target: "es2022",
    // The graph, the charts and the kit change at different times; separate files keep old ones cached.
    rolldownOptions: {
      // The API's page is one of its own: the console never loads it.
      input: ["index.html", "docs.html"],
      output: {
        advancedChunks: {
          groups: [
            { name: "react", test: /node_modules\/(react|react-dom|scheduler|react-router)\// },
            { name: "echarts", test: /node_modules\/(echarts|zrender)\// },
            { name: "sigma", test: /node_modules\/(sigma|graphology)/ },
          ],
        },
      },
    },
    chunkSizeWarningLimit: 900,
  },
  // The kit's tables are slow to mount on a machine that is busy with other gates.
  test: { environment: "jsdom", testTimeout: 60_000, setupFiles: ["src/testing/setup.ts"], include: ["src/**/*.test.{ts,tsx}"] },
});
