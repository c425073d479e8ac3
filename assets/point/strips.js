// Filmstrips: every step of one dimension decoded beforehand, so that a drag needs no server.
import { debounced, onBack, postNumbers } from "../core/api.js";
import { tell, tellError } from "../core/notice.js";
import { atlas, picturesOf, sizeOfOne } from "../draw/form.js";
import { fixed } from "../draw/numbers.js";
import { current, state } from "../core/store.js";

const MOST_BYTES = 4e6; // of one answer; beyond that only thumbnails, and the full row of the slider in use
const SLOWEST = 1500; // milliseconds of one refresh; a slower model gets thumbnails too
const FEW = 4; // every fourth step makes a thumbnail row
const PART = 140; // pictures of one request: a touch in between waits for no more than these
const strips = new Map(); // dimension -> { base, steps, pixels, picture }
/** @type {(dimension: number) => void} */
let arrived = () => {};
let wanted = () => [];
let focused = null;

export function connectStrips(listener, rowsInView) {
  arrived = listener;
  wanted = rowsInView;
}

export function grid(j) {
  const { low, high } = current.info.dimensions[j];
  const last = current.info.steps - 1;
  return Array.from({ length: last + 1 }, (_, k) => Math.fround(low + ((high - low) * k) / last));
}

// The strip of dimension j if it is true of the point on show: all other coordinates the same.
export function strip(j) {
  const known = strips.get(j);
  if (!known || !state.z) return null;
  for (let i = 0; i < state.z.length; i += 1) if (i !== j && known.base[i] !== state.z[i]) return null;
  return known;
}

export const anyStrip = (j) => strips.get(j) ?? null;

export function focusStrip(j) {
  focused = j;
  const known = strip(j);
  if (!known || known.steps.length < current.info.steps) refreshSoon();
}

export function forgetStrips() {
  strips.clear();
  pace = 0;
  taken = [];
}

let busy = false;
let again = false;

export async function refresh() {
  if (!state.z || !current.info) return;
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  again = false;
  const space = state.space;
  const base = state.z.slice();
  const { steps } = current.info;
  const size = sizeOfOne();
  const stale = wanted().filter((j) => !strip(j) || (j === focused && strip(j).steps.length < steps));
  const total = stale.length * steps;
  const small = total * size > MOST_BYTES || total * pace > SLOWEST;
  const chosen = stale.map((j) => {
    const full = !small || j === focused;
    return { j, steps: Array.from({ length: steps }, (_, k) => k).filter((k) => full || k % FEW === 0) };
  });
  try {
    for (const part of parts(chosen)) {
      await fetchRows(space, base, part, size);
      if (space !== state.space || part.some((row) => !strip(row.j))) break; // overtaken, as the rest would be
    }
  } catch (error) {
    tellError(error);
  }
  busy = false;
  if (again) refresh();
}

// The slider in use first, then from the top, a few rows at a time.
function parts(chosen) {
  const made = [];
  let room = 0;
  for (const row of chosen.toSorted((one, other) => Number(other.j === focused) - Number(one.j === focused))) {
    if (row.steps.length > room) {
      made.push([]);
      room = PART;
    }
    made.at(-1).push(row);
    room -= row.steps.length;
  }
  return made;
}

// What one picture takes, so that a slow model gets fewer of them rather than freezing the page.
let pace = 0;
let taken = [];
let told = null;
function measure(space, milliseconds, count) {
  if (count < 16) return;
  // The quickest of the last few: whatever else the machine does only ever adds to it.
  taken = [milliseconds, ...taken].slice(0, 5);
  if (taken.length < 3) return;
  pace = Math.min(...taken);
  const { steps, latent_dim: d } = current.info;
  if (told === space || Math.min(d, 16) * steps * pace <= SLOWEST) return;
  told = space;
  tell(`This model takes ${fixed(pace, 1)} ms per picture: filmstrips show every fourth step until a slider is in use.`, "hint");
}

async function fetchRows(space, base, chosen, size) {
  const d = base.length;
  const total = chosen.reduce((sum, row) => sum + row.steps.length, 0);
  const points = new Float32Array(total * d);
  let at = 0;
  for (const row of chosen) {
    const values = grid(row.j);
    for (const k of row.steps) {
      points.set(base, at);
      points[at + row.j] = values[k];
      at += d;
    }
  }
  const began = performance.now();
  const { buffer } = await postNumbers(`spaces/${space}/decode`, points);
  measure(space, (performance.now() - began) / total, total);
  if (space !== state.space) return;
  const pictures = picturesOf(buffer);
  let first = 0;
  const came = [];
  for (const row of chosen) {
    const pixels = pictures.subarray(first * size, (first + row.steps.length) * size);
    const others = state.z.every((value, i) => i === row.j || value === base[i]);
    // A row that was overtaken is still nearer to the truth than what stands there.
    if (others || !strips.get(row.j)) {
      const made = { base, steps: row.steps, pixels, picture: atlas(pixels, row.steps.length), trust: null };
      strips.set(row.j, made);
      arrived(row.j);
      came.push({ made, first, j: row.j });
    }
    first += row.steps.length;
  }
  const { buffer: scores } = await postNumbers(`spaces/${space}/trust`, points);
  for (const { made, first: start, j } of came) {
    made.trust = new Float32Array(scores, 4 * start, made.steps.length);
    arrived(j);
  }
}

const refreshAtRest = debounced(refresh, 90);
const refreshAfterMove = debounced(refresh, 400);

// The lens and a slider in use leave the other strips behind with every picture; they catch up once the hand rests.
export function refreshSoon(moving = false) {
  if (moving) {
    refreshAtRest.cancel();
    refreshAfterMove();
  } else refreshAtRest();
}

onBack(refreshSoon); // what a server that was gone did not answer
