import { describe, expect, it } from "vitest";
import { arrow, rounded } from "./rounded";
import { fitted, revealing } from "./useCamera";

const frame = { width: 1000, height: 600 };

describe("the camera", () => {
  it("shows everything, no larger than it is", () => {
    expect(fitted({ x: -100, y: -100, width: 200, height: 200 }, frame, 0.1)).toEqual({ x: 500, y: 300, zoom: 1 });
    const tall = fitted({ x: -100, y: 0, width: 200, height: 5360 }, frame, 0.1);
    expect(tall.zoom).toBeCloseTo(0.1);
  });

  it("begins with the top of what would be too small to read", () => {
    const view = fitted({ x: -100, y: -136, width: 200, height: 9000 }, frame, 0.6);
    expect(view).toEqual({ x: 500, y: 32 + 136 * 0.6, zoom: 0.6 });
  });

  it("does not move for what is in sight, and as little as it can for the rest", () => {
    const view = { x: 0, y: 0, zoom: 1 };
    expect(revealing(view, { x: 100, y: 100, width: 264, height: 76 }, frame)).toEqual(view);
    expect(revealing(view, { x: 100, y: 700, width: 264, height: 76 }, frame)).toEqual({ x: 0, y: -208, zoom: 1 });
    expect(revealing(view, { x: -200, y: 100, width: 264, height: 76 }, frame)).toEqual({ x: 232, y: 0, zoom: 1 });
  });
});

describe("the line of an edge", () => {
  it("has round corners and, where asked, a head", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 0, y: 50 },
      { x: 60, y: 50 },
    ];
    expect(rounded(points)).toBe("M0 0L0 40Q0 50 10 50L60 50");
    expect(arrow(points)).toBe("M60 50L52 54L52 46Z");
  });
});
