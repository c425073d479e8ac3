// The gallery: all items in an order, of which only those in view are known and painted.
import { debounced, latestOnly, postJSON, onReconnect } from "../core/api.js";
import { goToItem } from "../item/go_to.js";
import { tellError } from "../core/notice.js";
import { count } from "../draw/numbers.js";
import { element } from "../core/element.js";
import { questions } from "../core/revision.js";
import { isUnchosen } from "../item/panel.js";
import { current, state, subscribe } from "../core/store.js";
import { HIGH, paintTiles, readable, tileWide } from "./canvas.js";
import { isAmong, layHead, loadChoices, rankedBy, showChoices } from "./head.js";
import { onPictures, wantPictures } from "./pictures.js";
import { isColour } from "../map/selection_query.js";

const PART = 200; // items of a request

let root = null;
let host = null; // scrolls
let room = null; // as high as all rows
let canvas = null; // over the host
let words = null; // instead of tiles
let option = null; // what the keyboard is at
let parts = new Map(); // number of a part -> its items
let known = null; // how many of all items have the figure they are ordered by
let total = null; // items in the order, null while unknown
let cursor = 0; // place of the tile the keyboard is at
let mine = null; // the item chosen here: the gallery need not run after it
let order = 0; // changes with every order
const answersOf = ["space", () => order];
const visible = () => Boolean(root?.isConnected) && !root.closest("[hidden]") && state.page === "items";
const comparedBy = () => document.querySelector("#study-wrong_items [data-choice=column]")?.value ?? "";
const asked = () => ({
  by: rankedBy(), worst: !state.view.rankUp, within: state.within, column: comparedBy(),
  ...(state.selection ? { hidden: state.selection, color: state.color ?? "" } : {}),
  ...(isAmong() || (isColour() && state.selection) ? { chosen: state.chosen, only: isAmong() } : {}),
});

// More is known of the items, or they are compared by another column.
export function refreshGallery(figures = ["rarity", "disagreement"]) {
  if (visible() && total !== null && figures.includes(rankedBy())) restart();
}

export function layGallery() {
  host = element("div", { id: "gallery", tabindex: 0, role: "listbox", "aria-label": "Items in this order", "aria-activedescendant": "gallery-option", onscroll: () => paintSoon(), onkeydown: key, onpointermove: point, onpointerleave: point, onclick: touch });
  room = element("div", { className: "gallery-room" });
  words = element("div", { className: "gallery-words" });
  option = element("div", { role: "option", id: "gallery-option" });
  canvas = element("canvas", { "aria-hidden": "true" });
  host.append(room, words, option);
  onPictures(paintSoon, tellMissing);
  root = element(
    "section", { className: "card full", id: "gallery-card", "aria-label": "Gallery" },
    layHead(),
    element("div", { id: "gallery-frame" }, host, canvas),
    element("p", { id: "gallery-note", className: "how-measured" }),
  );
  new ResizeObserver(() => paint()).observe(host);
  return root;
}

// ---- what there is ----

export async function openGallery() {
  if (!visible() || !current.info) return;
  if (total === null) say("Looking …");
  try {
    if (await loadChoices()) restart(isUnchosen() ? null : state.item);
  } catch (error) {
    sayFailed(error);
  }
}

// At the first, unless an item is to be found.
function restart(find = null) {
  order += 1;
  parts = new Map();
  total = null;
  cursor = 0;
  laid = { columns: 0, first: 0 };
  host.scrollTop = 0;
  load({ part: 0, find });
}

const load = latestOnly(
  answersOf,
  async ({ part, find }) => {
    if (parts.has(part)) return null;
    return { part, find, answer: await postJSON(`spaces/${state.space}/ranking`, { ...asked(), offset: part * PART, count: PART, ...(find === null || find === undefined ? {} : { find }) }) };
  },
  (found) => {
    if (!found) return;
    const { part, find, answer } = found;
    total = answer.total;
    known = answer.known;
    if (part * PART < total || part === 0) parts.set(part, answer.items);
    host.removeAttribute("aria-busy");
    if (find !== null && find !== undefined && answer.position !== null && answer.position !== undefined) {
      cursor = answer.position;
      reveal(cursor);
    }
    paint();
  },
  (error) => {
    if (total === null) sayFailed(error);
    else tellMissing(error);
  },
);

// ---- what is seen ----

let frame = 0;
const paintSoon = () => {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    paint();
  });
};

const itemAt = (place) => parts.get(Math.floor(place / PART))?.[place % PART] ?? null;
const columns = () => Math.max(1, Math.floor(host.clientWidth / tileWide()));
const step = () => host.clientWidth / columns();

// A browser lays out no more than so much: of very many items a pixel of the bar is several of the list.
const MOST_HIGH = 15e6;
const realHeight = () => Math.ceil((total ?? 0) / columns()) * HIGH;
const perPixel = () => (realHeight() > MOST_HIGH ? (realHeight() - host.clientHeight) / (MOST_HIGH - host.clientHeight) : 1);
const topNow = () => host.scrollTop * perPixel();

// Of few items the frame is no higher than they are.
function layFrame(rows) {
  host.parentElement.style.maxHeight = `${Math.max(1, rows) * HIGH}px`;
}

function layRoom() {
  layFrame(Math.ceil(total / columns()));
  const height = `${Math.min(realHeight(), MOST_HIGH)}px`;
  if (room.style.height !== height) room.style.height = height;
}

// The tiles in view, and where on the canvas they lie.
export function tilesInView() {
  if (!total) return [];
  const wide = columns();
  const top = topNow();
  const first = Math.max(0, Math.floor(top / HIGH)) * wide;
  const last = Math.min(total, Math.ceil((top + host.clientHeight) / HIGH) * wide);
  const days = new Set();
  for (let place = first; place < last; place += 1) days.add(itemAt(place)?.written?.slice(0, 10));
  // A tile has room for the day of a date, or for its time where all in view are of one day.
  const onTile = (date) => (days.size > 1 || date.length <= 10 ? date.slice(0, 10) : date.slice(11, 19));
  return Array.from({ length: Math.max(0, last - first) }, (_, i) => {
    const place = first + i;
    const item = itemAt(place);
    return { place, item, x: (place % wide) * step() + (step() - tileWide()) / 2, y: Math.floor(place / wide) * HIGH - top, on: item !== null && item.index === state.item, under: place === under, text: item && (item.value === null && rankedBy() === "item" ? String(item.index) : item.written === null ? readable(item.value) : onTile(item.written)) };
  });
}

let lastTop = 0;
let laid = { columns: 0, first: 0 }; // of the last painting
const wantSoon = debounced(() => want(tilesInView()), 80);

function want(tiles) {
  const missing = new Set(tiles.filter(({ item }) => !item).map(({ place }) => Math.floor(place / PART)));
  const middle = tiles.length ? tiles[Math.floor(tiles.length / 2)].place / PART : 0;
  const next = [...missing].sort((one, other) => Math.abs(one + 0.5 - middle) - Math.abs(other + 0.5 - middle))[0];
  if (next !== undefined) load({ part: next });
  wantPictures(tiles.filter(({ item }) => item).map(({ item }) => item.index));
}

function paint() {
  if (!visible() || total === null) return;
  if (total === 0) {
    layFrame(1);
    say(isAmong() ? "None of the selected items is among those analysed." : state.selection ? "No item of the classes shown lies within the part looked at." : state.within ? "No item lies within the part looked at." : "There are no items.");
    return;
  }
  layRoom();
  // Fewer or more in a row: what was in view stays there.
  const wide = columns();
  if (laid.columns && wide !== laid.columns) host.scrollTop = (Math.floor(laid.first / wide) * HIGH) / perPixel();
  const { clientHeight, scrollTop } = host;
  const tiles = tilesInView();
  laid = { columns: wide, first: tiles[0]?.place ?? 0 };
  if (words.textContent) words.replaceChildren();
  paintTiles(canvas, tiles);
  // Rushing past, pictures would be asked for that nobody sees.
  if (Math.abs(scrollTop - lastTop) < 1.5 * HIGH) want(tiles);
  else wantSoon();
  lastTop = scrollTop;
  if (atRest) choose();
  tellOption();
  const top = topNow();
  const ends = [Math.min(total, Math.floor(top / HIGH) * wide + 1), Math.min(total, Math.ceil((top + clientHeight) / HIGH) * wide)];
  const some = known !== null && known < current.info.count ? ` · known of ${count(known)}` : "";
  document.getElementById("gallery-place").textContent = `${count(ends[0])}–${count(ends[1])} of ${count(total)}${isAmong() ? " selected" : ""}${state.selection ? " of the classes shown" : ""}${some}`;
}

const figureOf = (item) => item.written ?? readable(item.value);
const described = (item) => `Item ${item.index}${item.id === String(item.index) ? "" : ` (${item.id})`}${item.label === null ? "" : ` · ${item.label}`}${item.value === null ? "" : ` · ${figureOf(item)}`}${item.percentile === null ? "" : ` · above ${readable(Math.floor(10 * item.percentile) / 10)} % of the items`}`;

// What the keyboard is at, for those who do not see the canvas.
function tellOption() {
  const item = itemAt(cursor);
  option.textContent = item ? described(item) : "";
  option.dataset.item = item?.index ?? "";
  option.setAttribute("aria-posinset", cursor + 1);
  option.setAttribute("aria-setsize", total);
  option.setAttribute("aria-selected", String(item !== null && item.index === state.item));
}

// What is there already stays; scrolling, or a server that is back, asks for the rest.
function tellMissing(error) {
  tellError(error);
  if (error.status === 0) onReconnect(paintSoon);
}

function say(text) {
  room.style.height = "";
  words.replaceChildren(element("p", { className: "empty" }, text));
  paintTiles(canvas, []);
  document.getElementById("gallery-place").textContent = "";
}

function sayFailed(error) {
  layFrame(1);
  say(error.message);
  words.append(element("button", { className: "plain", onclick: () => openGallery() }, "Try again"));
}

// ---- the pointer ----

let under = null; // the place the pointer is at

function placeAt(event) {
  const box = host.getBoundingClientRect();
  const [column, row] = [Math.floor((event.clientX - box.left) / step()), Math.floor((event.clientY - box.top + topNow()) / HIGH)];
  const place = row * columns() + column;
  return column < columns() && place >= 0 && place < (total ?? 0) ? place : null;
}

function point(event) {
  const place = event.type === "pointerleave" ? null : placeAt(event);
  if (place === under) return;
  under = place;
  const item = place === null ? null : itemAt(place);
  host.title = item ? described(item) : "";
  host.style.cursor = item ? "pointer" : "";
  paintSoon();
}

function touch(event) {
  const place = event.target.closest("button") ? null : placeAt(event);
  const item = place === null ? null : itemAt(place);
  if (!item) return;
  cursor = place;
  goThere(item);
}

function goThere(item) {
  mine = item.index;
  goToItem(item.index);
}

// ---- where it is ----

function reveal(place) {
  const top = Math.floor(place / columns()) * HIGH;
  layRoom();
  if (top < topNow() || top + HIGH > topNow() + host.clientHeight) host.scrollTop = (top - host.clientHeight / 3) / perPixel();
}

function key(event) {
  if (!total || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter") {
    event.preventDefault();
    reveal(cursor);
    paint();
    choose();
    return;
  }
  const wide = columns();
  const page = Math.max(1, Math.floor(host.clientHeight / HIGH)) * wide;
  const target = { ArrowRight: cursor + 1, ArrowLeft: cursor - 1, ArrowDown: cursor + wide, ArrowUp: cursor - wide, PageDown: cursor + page, PageUp: cursor - page, Home: 0, End: total - 1 }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  cursor = Math.min(total - 1, Math.max(0, target));
  reveal(cursor);
  paint();
  atRest = false;
  chooseSoon();
}

// Under a key held down only the tile it rests on is gone to, once it is there.
let atRest = false;
function choose() {
  atRest = true;
  const item = itemAt(cursor);
  if (!item) return;
  atRest = false;
  goThere(item);
}
const chooseSoon = debounced(choose, 120);

// The item was chosen elsewhere: the gallery goes there if it is in the list.
const follows = questions(...answersOf, "item");
async function follow() {
  if (!visible() || state.item === null || isUnchosen() || state.item === mine || total === null) return;
  mine = state.item;
  const counts = follows();
  try {
    const { position } = await postJSON(`spaces/${state.space}/ranking`, { ...asked(), offset: 0, count: 0, find: state.item });
    if (!counts() || position === null) return;
    cursor = position;
    reveal(cursor);
    paint();
  } catch (error) {
    if (counts()) tellError(error);
  }
}

// The colours of the page have changed.
export const repaintGallery = () => paintSoon();

export function connectGallery() {
  let shown = JSON.stringify(asked());
  subscribe((changed) => {
    // Whoever lays the page for another space opens the gallery as well.
    if (changed.has("space")) total = null;
    else if (changed.has("page")) openGallery();
    else if (visible() && ["view", "within", "selection", "chosen", "color"].some((name) => changed.has(name))) {
      showChoices();
      if (JSON.stringify(asked()) !== shown) restart();
      else paintSoon();
    } else if (changed.has("item")) follow();
    if (changed.has("item")) paintSoon();
    shown = JSON.stringify(asked());
  });
}
