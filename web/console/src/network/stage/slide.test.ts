import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Slide, type SlideView } from "./slide";

const view = (more: Partial<SlideView> = {}): SlideView => ({ x: 500, y: 400, ratio: 1, width: 1000, height: 800, ...more });

describe("a picture that is pushed about without a GPU", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const made = () => {
    const layer = document.createElement("canvas");
    const draw = vi.fn();
    const slide = new Slide([layer], () => {
      draw();
      slide.drawn(view({ x: 560 }));
    });
    slide.drawn(view());
    return { layer, draw, slide };
  };

  it("is moved as it is, and drawn when the hand rests", () => {
    const { layer, draw, slide } = made();
    expect(slide.follows(view({ x: 530 }))).toBe(true);
    expect(slide.follows(view({ x: 560 }))).toBe(true);
    expect(layer.style.transform).toBe("translate(60px, 0px)");
    vi.advanceTimersByTime(139);
    expect(draw).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(draw).toHaveBeenCalledTimes(1);
    expect(layer.style.transform).toBe("");
  });

  it("is drawn at once when it is zoomed, resized, pushed far, or changed where it stands", () => {
    for (const changed of [view({ x: 530, ratio: 0.9 }), view({ x: 530, width: 900 }), view({ x: 801 }), view({ y: 159 }), view()]) {
      expect(made().slide.follows(changed)).toBe(false);
    }
  });

  it("is not drawn after it is gone", () => {
    const { draw, slide } = made();
    slide.follows(view({ x: 530 }));
    slide.stop();
    vi.runAllTimers();
    expect(draw).not.toHaveBeenCalled();
  });
});
