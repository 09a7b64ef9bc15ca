import { describe, expect, it, vi } from "vitest";
import { ChordReader, isTyping } from "./chords";
import { initials, matchScore } from "./pinyin";

const key = (name: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent =>
  ({ key: name, keyCode: 0, isComposing: false, target: document.body, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more }) as KeyboardEvent;

function reader() {
  const network = vi.fn();
  const help = vi.fn();
  const made = new ChordReader(() => [
    { keys: ["g", "n"], run: network },
    { keys: ["?"], run: help },
  ]);
  return { made, network, help };
}

describe("chords", () => {
  it("run when their keys follow one another", () => {
    const { made, network, help } = reader();
    expect(made.press(key("g"), 0)).toBe(false);
    expect(made.press(key("n"), 300)).toBe(true);
    expect(made.press(key("?"), 400)).toBe(true);
    expect([network.mock.calls.length, help.mock.calls.length]).toEqual([1, 1]);
  });

  it("forget a first key that was long ago, or led elsewhere", () => {
    const { made, network } = reader();
    made.press(key("g"), 0);
    made.press(key("n"), 5000);
    made.press(key("g"), 6000);
    made.press(key("x"), 6100);
    made.press(key("n"), 6200);
    expect(network).not.toHaveBeenCalled();
    made.press(key("x"), 9000);
    made.press(key("g"), 9100);
    made.press(key("n"), 9200);
    expect(network).toHaveBeenCalledOnce();
  });

  it("leave the keys to an input method while it composes", () => {
    const { made, network } = reader();
    made.press(key("g", { isComposing: true }), 0);
    made.press(key("n", { isComposing: true }), 100);
    made.press(key("g", { keyCode: 229 }), 200);
    made.press(key("n", { keyCode: 229 }), 300);
    expect(network).not.toHaveBeenCalled();
  });

  it("leave the keys to whoever is typing, and to the browser's own shortcuts", () => {
    const { made, network } = reader();
    const input = document.createElement("input");
    made.press(key("g", { target: input }), 0);
    made.press(key("n", { target: input }), 100);
    made.press(key("g", { ctrlKey: true }), 200);
    made.press(key("n"), 300);
    expect(network).not.toHaveBeenCalled();
    expect(isTyping(document.createElement("textarea"))).toBe(true);
    expect(isTyping(document.createElement("button"))).toBe(false);
  });
});

describe("a dialog over a page", () => {
  it("has the keys to itself until it is gone", () => {
    const { made, help } = reader();
    const dialog = document.createElement("div");
    dialog.setAttribute("role", "dialog");
    document.body.append(dialog);
    made.press(key("?"), 0);
    expect(help).not.toHaveBeenCalled();
    dialog.style.display = "none";
    made.press(key("?"), 100);
    dialog.remove();
    made.press(key("?"), 200);
    expect(help).toHaveBeenCalledTimes(2);
  });
});

describe("pinyin", () => {
  it("gives the first letters", () => {
    expect(initials("传播脉络")).toBe("cbml");
    expect(initials("开学季 0 元领书")).toBe("kxj 0 yls");
    expect(initials("朝阳大悦城店")).toMatch(/^[cz]ydycd$/);
  });

  it("finds by name, word and initials, best first", () => {
    expect(matchScore("网络", "网络")).toBe(1);
    expect(matchScore("wang", "网络", ["wangluo"])).toBe(0.9);
    expect(matchScore("wl", "网络")).toBeGreaterThan(0.5);
    expect(matchScore("yls", "开学季 0 元领书")).toBeGreaterThan(0.5);
    expect(matchScore("net", "网络", ["network"])).toBeGreaterThan(matchScore("nwk", "网络", ["network"]));
    expect(matchScore("xyz", "网络", ["network"])).toBe(0);
    expect(matchScore("", "anything")).toBe(1);
  });
});
