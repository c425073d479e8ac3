// The page's one store. Everything a visitor looks at is here, and nowhere else.

/** @type {State} */
export const state = {
  page: "explore",
  space: null, // id
  projection: "pca",
  color: null,
  item: null, // index of the item touched, if it was one
  z: null, // Float32Array, the latent point on show
  spot: null, // [x, y] of the current map, if an empty spot was touched
  pins: { a: null, b: null }, // Float32Array or null
  frame: null, // numbers, the part of the map in view; null for all of it
  selection: null, // hidden categories of the legend
  dimension: null, // the latent dimension looked at
  chosen: null, // how items were selected by hand, as the server writes it
  within: null, // { column, low, high } or { column, value }: the items looked at
  view: {}, // off-plane, manifold, units, …
};

// What is known of the space on show; replaced as a whole.
/** @type {{ info: SpaceInfo | null }} */
export const current = { info: null };

const listeners = [];

// `listener(changed, how)`: a set of names, and how the change came about.
/** @param {(changed: Set<string>, how: How) => void} listener */
export function subscribe(listener) {
  listeners.push(listener);
}

// how.commit: worth an entry in the history. how.drawn: the picture is on the canvas already.
// how.station: the strip from A to B is being played, and has come to this picture.
/**
 * @param {Partial<State>} changes
 * @param {How} how
 */
export function update(changes, how = {}) {
  const changed = new Set();
  const elsewhere = (changes.projection ?? state.projection) !== state.projection || (changes.space ?? state.space) !== state.space;
  if (elsewhere && !("frame" in changes)) changes.frame = null;
  // Numbers of items mean other items in another space.
  if ((changes.space ?? state.space) !== state.space && !("chosen" in changes)) changes.chosen = null;
  for (const [name, value] of Object.entries(changes)) {
    if (state[name] === value) continue;
    state[name] = value;
    changed.add(name);
  }
  note(changed, how);
  if (changed.size || how.commit) for (const listener of listeners) listener(changed, how);
}

// How often each part has changed: what an answer was asked under is told by it (`revision.js`). Of the latent point there are two
// more: "goal" leaves out what the lens shows in passing, "hand" what is an answer itself.
const revisions = new Map();
export const revisionOf = (name) => revisions.get(name) ?? 0;

/** @param {Set<string>} changed @param {How} how */
function note(changed, { lens, answer }) {
  const told = [...changed];
  if (changed.has("z") && !lens) told.push("goal");
  if (changed.has("z") && !answer) told.push("hand");
  for (const name of told) revisions.set(name, revisionOf(name) + 1);
}

export function sameNumbers(a, b) {
  if (a === b) return true;
  if (!a || !b || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
