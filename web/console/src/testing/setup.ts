import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";
import { usePreferences } from "@/app/preferences";

// A busy machine is slow, not wrong: tests wait for what they look for, and only give up when it will not come.
configure({ asyncUtilTimeout: 10_000 });

// What jsdom does not have and the kit asks for.
Object.assign(globalThis, {
  matchMedia: (query: string) => ({
    matches: false,
    media: query,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
  }),
  ResizeObserver: class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
});

// Tables measure the scroll bar by a pseudo-element, which jsdom only complains about.
const styleOf = window.getComputedStyle.bind(window);
window.getComputedStyle = (element) => styleOf(element);

usePreferences.setState({ language: "zh", theme: "dark" });
await import("@/app/i18n");

afterEach(() => {
  cleanup();
  usePreferences.setState({ language: "zh" });
});
