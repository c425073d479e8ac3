// Names on the map, moved apart.
import assert from "node:assert/strict";
import { test } from "node:test";

const { apart } = await import("../../../assets/map/class_names.js");
const bounds = { left: 0, top: 0, width: 400, height: 300 };
const overlap = (one, other) => Math.abs(one.x - other.x) < (one.w + other.w) / 2 - 0.01 && Math.abs(one.y - other.y) < (one.h + other.h) / 2 - 0.02;

test("names that lie on no other stay where they are", () => {
  const boxes = [{ x: 100, y: 50, w: 40, h: 20 }, { x: 100, y: 90, w: 40, h: 20 }];
  assert.deepEqual(apart(boxes, bounds), [{ x: 100, y: 50 }, { x: 100, y: 90 }]);
});

test("none lies on another, and none is cut off by the edge", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  for (let run = 0; run < 200; run += 1) {
    const boxes = Array.from({ length: 10 }, () => ({ x: 400 * random(), y: 300 * random(), w: 20 + 60 * random(), h: 18 }));
    const placed = apart(boxes, bounds).map((place, i) => ({ ...boxes[i], ...place }));
    placed.forEach((one, i) => {
      assert.ok(one.x - one.w / 2 >= -0.01 && one.x + one.w / 2 <= 400.01);
      assert.ok(one.y - one.h / 2 >= -0.01 && one.y + one.h / 2 <= 300.01);
      for (const other of placed.slice(i + 1)) assert.ok(!overlap(one, other), JSON.stringify([one, other]));
    });
  }
});
