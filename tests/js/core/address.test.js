// The address of a page: what is written is what is read, and what makes no sense is named.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fromQuery, setAnchor, toQuery } from "../../../assets/core/address.js";
import { update } from "../../../assets/core/store.js";

const NOTHING = { page: "explore", space: "a", projection: "pca", color: null, item: null, z: null, spot: null, pins: { a: null, b: null }, frame: null, selection: null, dimension: null, chosen: null, within: null, view: {} };
beforeEach(() => {
  setAnchor(null);
  update({ ...NOTHING });
});

let seed = 3;
const random = () => {
  seed = (seed * 16807) % 2147483647; // Park and Miller's
  return seed / 2147483647;
};
const point = (d) => Float32Array.from({ length: d }, () => (random() - 0.5) * 10 ** (8 * random() - 4));

test("every part comes back, numbers to the last bit", () => {
  for (let run = 0; run < 300; run += 1) {
    const d = 1 + Math.floor(40 * random());
    const shown = {
      page: ["explore", "prior", "items"][run % 3], space: "a b&c", projection: run % 2 ? "z:0,1" : "umap-012345678901", color: "label, of=all&", z: point(d), spot: [...point(2)],
      pins: { a: point(d), b: run % 5 ? null : point(d) }, frame: [-1.5, 2.25, 0.5, 1], selection: ["Ankle boot", 'a"b', "Größe"], dimension: run % d,
      chosen: "lasso(pca,0.5,1)", within: run % 2 ? { column: "x, y", value: "a&b" } : { column: "x", low: -0.1, high: 1e-7 },
      view: { units: "sigma", pointSize: 4, pointOpacity: 0.3, shade: true, layers: ["one", "two-2"], relation: [3, "table", "a,b"], choices: { "study-x": "y" } },
    };
    update(shown);
    const { wanted, puzzling } = fromQuery(toQuery());
    assert.deepEqual(puzzling, []);
    for (const name of Object.keys(shown)) {
      const read = ["spot", "frame"].includes(name) ? [...wanted[name]] : wanted[name];
      const meant = name === "spot" ? [...Float32Array.from(shown.spot)] : shown[name];
      assert.deepEqual(read, meant, name);
    }
  }
});

test("a long point is written as what differs from its item", () => {
  const own = point(100);
  const z = own.slice();
  z[7] = 0.125;
  setAnchor({ space: "a", index: 5, z: own });
  update({ item: 5, z });
  assert.match(toQuery(), /(^|&)dz=7:0.125(&|$)/);
  assert.ok(!new URLSearchParams(toQuery()).has("z"));
  update({ z: own });
  assert.ok(!/dz=|&z=/.test(toQuery()), "the item's own point goes without saying");
});

test("parts that make no sense are left out and named, whatever else is asked for stays", () => {
  const text = "space=a&projection=pca&z=1,x&spot=1&item=-1&frame=2,1,0,1&page=nowhere&pointSize=99&within={&hidden=[&relation=x&color=label";
  const { wanted, puzzling } = fromQuery(text);
  assert.deepEqual(new Set(puzzling), new Set(["z", "spot", "item", "frame", "page", "pointSize", "within", "hidden", "relation"]));
  assert.equal(wanted.color, "label");
  assert.equal(wanted.page, "explore");
  assert.deepEqual([wanted.z, wanted.spot, wanted.item, wanted.frame, wanted.within], [null, null, null, null, null]);
});

test("no text of any kind breaks the reading", () => {
  const names = ["z", "spot", "a", "frame", "item", "dz", "within", "choices", "hidden", "layer", "relation", "dimension", "pointSize", "chosen"];
  for (let run = 0; run < 3000; run += 1) {
    const text = names.map((name) => `${name}=${Array.from({ length: Math.floor(6 * random()) }, () => '0123456789.,-e:[]{}"null %ä'[Math.floor(27 * random())]).join("")}`).join("&");
    const { wanted } = fromQuery(text);
    for (const name of ["z", "spot", "frame"]) assert.ok(wanted[name] === null || wanted[name].every(Number.isFinite), text);
    assert.equal(typeof wanted.view, "object");
  }
});
