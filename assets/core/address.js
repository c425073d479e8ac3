// The address: what a page shows, written so that anyone who opens it sees the same, and read without trust.
import { sameNumbers, state } from "./store.js";

export const PAGES = ["explore", "used", "components", "prior", "meaning", "items"];
const FARTHEST = 1e15; // as the server has it
const LONG = 32; // more dimensions than this are written as item + what was changed
const FLAGS = ["rankUp", "manifold", "biplot", "shade", "links", "lens", "offPlane", "only", "among", "layersAsMap"];
/** @type {[string, number, number][]} */
const BOUNDS = [["pointSize", 1, 12], ["pointOpacity", 0.05, 1]];

// As few digits as bring back the same float32.
function number(value) {
  const exact = Math.fround(value);
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(exact.toPrecision(digits));
    if (Math.fround(short) === exact) return String(short);
  }
  return String(Number(exact.toPrecision(9)));
}
const numbers = (values) => Array.from(values, number).join(",");

export function toQuery() {
  const query = new URLSearchParams();
  if (state.space) query.set("space", state.space);
  if (state.page !== "explore") query.set("page", state.page);
  query.set("projection", state.projection);
  if (state.color) query.set("color", state.color);
  if (state.item !== null) query.set("item", String(state.item));
  if (state.z && !(state.item !== null && sameNumbers(anchorOf(state.item)?.z, state.z))) writePoint(query);
  if (state.spot) query.set("spot", numbers(state.spot));
  for (const name of ["a", "b"]) if (state.pins[name]) query.set(name, numbers(state.pins[name]));
  const { view } = state;
  for (const flag of FLAGS) if (view[flag]) query.set(flag, "1");
  for (const value of ["units", "pointSize", "pointOpacity", "rank", "pictures"]) if (view[value] !== undefined) query.set(value, String(view[value]));
  if (view.layers?.length) query.set("layer", view.layers.join(","));
  if (view.relation) query.set("relation", view.relation.join(","));
  if (view.choices) query.set("choices", JSON.stringify(view.choices));
  if (state.frame) query.set("frame", numbers(state.frame));
  if (state.dimension !== null) query.set("dimension", String(state.dimension));
  if (state.within) query.set("within", JSON.stringify(state.within));
  if (state.selection?.length) query.set("hidden", JSON.stringify(state.selection));
  if (state.chosen) query.set("chosen", state.chosen);
  // Commas may stand in a query as they are, and read better so.
  return query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

// The item the point on show was reached from: a long point is written as what differs from it.
let anchor = null;
export function setAnchor(item) {
  anchor = item;
}

export const anchorOf = (item) => (anchor && anchor.space === state.space && anchor.index === item ? anchor : null);

function writePoint(query) {
  const from = state.z.length > LONG ? anchorOf(state.item) : null;
  if (from) {
    const changes = [];
    state.z.forEach((value, j) => { if (value !== from.z[j]) changes.push(`${j}:${number(value)}`); });
    if (changes.length <= LONG) {
      query.set("dz", changes.join(","));
      return;
    }
  }
  query.set("z", numbers(state.z));
}

// Which items are looked at: a range of a number, or one value of a column.
function partOf(asked) {
  if (asked === null) return null;
  const { column, low, high, value } = asked;
  if (typeof column === "string" && typeof value === "string") return { column, value };
  if (typeof column === "string" && Number.isFinite(low) && Number.isFinite(high)) return { column, low, high };
  throw new Error("no part of the items");
}

// What a link asks for; parts that make no sense are left out and named.
export function fromQuery(text) {
  const query = new URLSearchParams(text);
  const puzzling = [];
  const list = (name) => {
    const value = query.get(name);
    if (value === null) return null;
    const values = value.split(",").map(Number);
    if (value.trim() === "" || values.some((one) => !(Math.abs(one) <= FARTHEST))) {
      puzzling.push(name);
      return null;
    }
    return Float32Array.from(values);
  };
  const item = query.get("item");
  const wanted = {
    space: query.get("space"),
    projection: query.get("projection") ?? "pca",
    color: query.get("color"),
    item: item !== null && /^\d+$/.test(item) ? Number(item) : null,
    z: list("z"),
    spot: list("spot"),
    pins: { a: list("a"), b: list("b") },
    frame: list("frame"),
    changes: query.get("dz"),
    selection: null,
    page: query.get("page") ?? "explore",
    dimension: /^\d+$/.test(query.get("dimension") ?? "") ? Number(query.get("dimension")) : null,
    within: null,
    chosen: query.get("chosen") || null,
    view: {},
  };
  if (!PAGES.includes(wanted.page)) {
    puzzling.push("page");
    wanted.page = "explore";
  }
  const { frame } = wanted;
  if (frame && !(frame.length === 9 || (frame.length === 4 && frame[0] < frame[1] && frame[2] < frame[3]))) {
    puzzling.push("frame");
    wanted.frame = null;
  }
  if (item !== null && wanted.item === null) puzzling.push("item");
  for (const flag of FLAGS) if (query.get(flag) === "1") wanted.view[flag] = true;
  const layers = [...new Set((query.get("layer") ?? "").split(","))].filter((layer) => /^[a-z0-9][a-z0-9-]{0,47}$/.test(layer));
  if (layers.length) wanted.view.layers = layers;
  if (query.get("rank")) wanted.view.rank = query.get("rank");
  if (["both", "difference"].includes(query.get("pictures"))) wanted.view.pictures = query.get("pictures");
  const [, dimension, source, column] = /^(\d+),(table|measured),(.+)$/s.exec(query.get("relation") ?? "") ?? [];
  if (column) wanted.view.relation = [Number(dimension), source, column];
  else if (query.get("relation")) puzzling.push("relation");
  if (query.get("units") === "sigma") wanted.view.units = "sigma";
  if (wanted.spot && wanted.spot.length !== 2) {
    puzzling.push("spot");
    wanted.spot = null;
  }
  for (const [name, low, high] of BOUNDS) {
    const value = Number(query.get(name));
    if (!query.has(name)) continue;
    if (value >= low && value <= high) wanted.view[name] = value;
    else puzzling.push(name);
  }
  try {
    wanted.within = partOf(JSON.parse(query.get("within") ?? "null"));
  } catch {
    puzzling.push("within");
  }
  try {
    const choices = JSON.parse(query.get("choices") ?? "null");
    const kept = Object.entries(choices ?? {}).filter(([, value]) => typeof value === "string");
    if (kept.length) wanted.view.choices = Object.fromEntries(kept);
  } catch {
    puzzling.push("choices");
  }
  try {
    const hidden = JSON.parse(query.get("hidden") ?? "null");
    if (Array.isArray(hidden)) wanted.selection = hidden.map(String);
  } catch {
    puzzling.push("hidden");
  }
  return { wanted, puzzling };
}
