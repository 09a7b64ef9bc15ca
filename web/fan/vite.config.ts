import { defineConfig } from "vitest/config";

export default defineConfig({
  // Every brand's pages share these files; a brand's number cannot be "-".
  base: "/f/-/",
  build: {
    // WebViews of phones that are a few years old.
    target: "es2020",
    modulePreload: false,
    cssMinify: true,
    assetsInlineLimit: 0,
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"] },
});
