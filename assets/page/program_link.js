// Tells the program that opened this page what is on show once it rests, and goes where the program says.
import { debounced, postJSON } from "../core/api.js";
import { setAnchor } from "../core/address.js";
import { reportTo } from "../core/history.js";
import { tellError } from "../core/notice.js";
import { state, subscribe, update } from "../core/store.js";

const EVERY = 400; // milliseconds between two questions
const AT_REST = 150;
const WHILE_GONE = 2000;
const TOLD = ["space", "projection", "color", "item", "z", "pins", "selection", "frame", "chosen"];
const me = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join("");

let changes = 0; // how often what is told has changed, and how many of that have been told
let told = -1;
let changedAt = -Infinity;
let followed = 0; // the last wish of the program
let asking = false;
let gone = false;
let timer = 0;

const list = (numbers) => numbers && Array.from(numbers);

const shown = () => ({
  space: state.space,
  projection: state.projection,
  color: state.color,
  item: state.item,
  z: list(state.z),
  pins: { a: list(state.pins.a), b: list(state.pins.b) },
  hidden: state.selection ?? [],
  frame: list(state.frame),
  chosen: state.chosen ?? "",
});

function follow({ number, space, item, z }) {
  followed = number;
  if (space !== state.space) return;
  const point = Float32Array.from(z);
  if (item !== null) setAnchor({ space, index: item, z: point });
  // Exactly there: what a hand has locked does not bind the program.
  update({ z: point, item, spot: null }, { commit: true });
}

async function report() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  const upTo = changes;
  const rests = performance.now() - changedAt >= AT_REST;
  const body = { page: me, done: followed };
  if (upTo !== told && rests && state.space && state.z) body.shown = shown();
  try {
    const { go } = await postJSON(`views/${reportTo}`, body);
    if (body.shown) told = upTo;
    gone = false;
    if (go) follow(go);
  } catch (error) {
    tellError(error);
    if (error.status === 404) return; // another program has the port now, and will not listen later either
    gone = true;
  }
  asking = false;
  timer = setTimeout(report, gone ? WHILE_GONE : EVERY);
}

// What only one visitor sees lives in the page alone; a page that a program opened has that program beside it.
export function connectReport() {
  if (!reportTo) return;
  const soon = debounced(report, AT_REST);
  subscribe((changed, how) => {
    // A strip that is played is told of where it rests.
    if (how.station !== undefined || !TOLD.some((name) => changed.has(name))) return;
    changes += 1;
    changedAt = performance.now();
    if (!gone) soon();
  });
  report();
}
