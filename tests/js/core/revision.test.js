// One rule for every answer: it counts only under what it was asked.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { questions, setOut, under } from "../../../assets/core/revision.js";
import { state, subscribe, update } from "../../../assets/core/store.js";

beforeEach(() => update({ space: "a", projection: "pca", z: Float32Array.of(1), chosen: null }));

test("an answer is dropped once what it depends on has changed, and not before", () => {
  const counts = under("space", "projection");
  update({ color: "label" });
  assert.ok(counts());
  update({ projection: "umap" });
  assert.ok(!counts());
  update({ projection: "pca" });
  assert.ok(!counts(), "also when it was changed back");
});

test("of a line of questions the last one counts", () => {
  const line = questions("space");
  const [first, second] = [line(), line()];
  assert.ok(!first() && second());
  update({ space: "b" });
  assert.ok(!second());
});

test("whatever else an answer depends on is read anew", () => {
  let text = "boot";
  const counts = under(() => text);
  assert.ok(counts());
  text = "boots";
  assert.ok(!counts());
});

test("what the lens shows in passing overtakes nobody on the way to a point; a goal does", () => {
  const arrives = setOut();
  update({ z: Float32Array.of(2) }, { lens: true });
  assert.ok(arrives());
  update({ z: Float32Array.of(3) });
  assert.ok(!arrives());
});

test("listeners hear what has changed, once, and nothing of what has not", () => {
  const heard = [];
  subscribe((changed, how) => heard.push([[...changed], how]));
  update({ color: "rate" });
  update({ color: "rate" });
  update({ color: "rate" }, { commit: true });
  assert.deepEqual(heard, [[["color"], {}], [[], { commit: true }]]);
});

test("another map has another view, and another space other items", () => {
  update({ frame: [0, 1, 0, 1], chosen: "lasso" });
  update({ projection: "tsne" });
  assert.equal(state.frame, null);
  assert.equal(state.chosen, "lasso");
  update({ space: "b" });
  assert.equal(state.chosen, null);
});
