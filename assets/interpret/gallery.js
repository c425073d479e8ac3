// The gallery: all items in an order, of which only the tiles in view exist.
import { debounced, getJSON, newest, postJSON, url } from "../explore/api.js";
import { element } from "../explore/picture.js";
import { current, state, subscribe, update } from "../explore/store.js";
import { filterControl, showFilter } from "./gallery_filter.js";
import { markLinked } from "./linked.js";

const TILE = { wide: 84, high: 104 };
const PART = 200; // items of a request
const MARGIN = 2; // rows beyond what is in view

let root = null;
let host = null; // scrolls
let room = null; // as high as all rows
let parts = new Map(); // number of a part -> its items
let known = null; // how many of all items have the figure they are ordered by
let total = null; // items in the order, null while unknown
let cursor = 0; // place of the tile the keyboard is at
let mine = null; // the item chosen here: the gallery need not run after it
let order = 0; // changes with every order: late answers of another are dropped
let choices = null;
let choicesOf = null;

export const rankedBy = () => state.view.rank ?? choices?.by[0]?.name ?? "distortion";
const columns = () => Math.max(1, Math.floor(host.clientWidth / TILE.wide));
const visible = () => root && !root.closest("[hidden]") && state.page === "items";
const comparedBy = () => document.querySelector("#study-wrong_items [data-choice=column]")?.value ?? "";
const asked = () => ({ by: rankedBy(), worst: !state.view.rankUp, within: state.within, column: comparedBy() });

// More is known of the items, or they are compared by another column.
export function refreshGallery() {
  if (visible() && total !== null && ["rarity", "disagreement"].includes(rankedBy())) restart();
}

export function layGallery() {
  host = element("div", { id: "gallery", tabindex: 0, role: "listbox", "aria-label": "Items in this order", onscroll: () => paintSoon(), onkeydown: key });
  room = element("div", { className: "gallery-room" });
  host.append(room);
  root = element(
    "section", { className: "card full", id: "gallery-card", "aria-label": "Gallery" },
    element("div", { className: "card-head" },
      element("h2", {}, "All items"),
      element("label", { className: "choice" }, "in order of ", element("select", { id: "rank-by", onchange: (event) => rank({ rank: event.target.value }) })),
      element("button", { id: "rank-way", className: "plain", onclick: () => rank({ rankUp: !state.view.rankUp || undefined }) }),
      filterControl(),
      element("span", { id: "gallery-place", role: "status" }),
    ),
    host,
    element("p", { id: "gallery-note", className: "how-measured" }),
  );
  host.addEventListener("click", (event) => {
    const tile = event.target.closest("[data-item]");
    if (tile) {
      mine = Number(tile.dataset.item);
      cursor = Number(tile.dataset.place);
    }
  });
  new ResizeObserver(() => paint()).observe(host);
  return root;
}

const rank = (changes) => update({ view: { ...state.view, ...changes } }, { commit: true });

// ---- what there is ----

export async function openGallery() {
  if (!visible() || !current.info) return;
  const space = current.info.id;
  if (choicesOf !== space) {
    say("Looking …");
    try {
      const found = await getJSON(`spaces/${space}/ranking`);
      if (space !== current.info?.id) return;
      choices = found;
      choicesOf = space;
    } catch (error) {
      sayFailed(error);
      return;
    }
    const groups = Map.groupBy ? Map.groupBy(choices.by, (one) => one.group) : new Map([["", choices.by]]);
    document.getElementById("rank-by").replaceChildren(...[...groups].map(([label, listed]) => element("optgroup", { label }, ...listed.map(({ name, title }) => element("option", { value: name }, title)))));
    document.getElementById("gallery-note").textContent = choices.notes.join(" ");
    if (!choices.by.some((one) => one.name === rankedBy())) rank({ rank: undefined });
  }
  showFilter(choices.filters);
  showChoices();
  restart();
}

function showChoices() {
  document.getElementById("rank-by").value = rankedBy();
  const wrong = choices?.by.find((one) => one.name === rankedBy())?.group === "Wrong";
  const words = wrong ? ["worst first", "best first"] : rankedBy() === "item" ? ["first to last", "last to first"] : ["highest first", "lowest first"];
  const own = rankedBy() === "item" ? !state.view.rankUp : Boolean(state.view.rankUp);
  document.getElementById("rank-way").textContent = rankedBy() === "item" ? words[own ? 0 : 1] : words[own ? 1 : 0];
}

function restart() {
  order += 1;
  parts = new Map();
  total = null;
  cursor = 0;
  host.scrollTop = 0;
  load({ order, part: 0, find: state.item });
}

const load = newest(
  async ({ order: of, part, find }) => {
    if (of !== order || parts.has(part)) return null;
    return { of, part, find, answer: await postJSON(`spaces/${state.space}/ranking`, { ...asked(), offset: part * PART, count: PART, ...(find === null || find === undefined ? {} : { find }) }) };
  },
  (found) => {
    if (!found || found.of !== order) return;
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
  (error, { order: of }) => { if (of === order) sayFailed(error); },
);

// ---- what is seen ----

let frame = 0;
const paintSoon = () => {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    paint();
  });
};

let lastTop = 0;
let widest = 0; // columns the tiles are laid out in
function fill() {
  for (const image of room.querySelectorAll("img[data-src]")) {
    image.src = image.dataset.src;
    delete image.dataset.src;
  }
}
const fillSoon = debounced(fill, 80);

const itemAt = (place) => parts.get(Math.floor(place / PART))?.[place % PART] ?? null;

function paint() {
  if (!visible() || total === null) return;
  if (total === 0) {
    say(state.within ? "No item is within the part looked at." : "There is no item.");
    return;
  }
  // Everything is read before anything is written: each reading after that would lay the page out anew.
  const wide = columns();
  const { scrollTop, clientHeight } = host;
  const height = `${Math.ceil(total / wide) * TILE.high}px`;
  if (room.style.height !== height) room.style.height = height;
  const first = Math.max(0, Math.floor(scrollTop / TILE.high) - MARGIN) * wide;
  const last = Math.min(total, (Math.ceil((scrollTop + clientHeight) / TILE.high) + MARGIN) * wide);
  const there = new Map();
  for (const child of [...room.children]) {
    if (child.dataset.place && child.dataset.order === String(order)) there.set(Number(child.dataset.place), child);
    else child.remove();
  }
  const made = [];
  const missing = new Set();
  for (let place = first; place < last; place += 1) {
    const item = itemAt(place);
    if (!item) missing.add(Math.floor(place / PART));
    const known = there.get(place);
    if (known && (known.dataset.item !== undefined) === Boolean(item)) {
      there.delete(place);
      if (wide !== widest) putAt(known, place, wide);
    } else made.push(tile(place, item, wide));
  }
  widest = wide;
  for (const gone of there.values()) gone.remove();
  room.append(...made);
  markLinked(room);
  // Rushing past, pictures would be asked for that nobody sees.
  if (Math.abs(scrollTop - lastTop) < 1.5 * TILE.high) fill();
  else fillSoon();
  lastTop = scrollTop;
  const middle = Math.floor((first + last) / 2 / PART);
  const next = [...missing].sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle))[0];
  if (next !== undefined) load({ order, part: next });
  if (atRest) choose();
  host.setAttribute("aria-activedescendant", `tile-${cursor}`);
  const top = Math.min(total, Math.floor(scrollTop / TILE.high) * wide + 1);
  const bottom = Math.min(total, Math.ceil((scrollTop + clientHeight) / TILE.high) * wide);
  document.getElementById("gallery-place").textContent = `${top.toLocaleString("en")}–${bottom.toLocaleString("en")} of ${total.toLocaleString("en")}${known !== null && known < current.info.count ? ` · known of ${known.toLocaleString("en")}` : ""}`;
}

function putAt(made, place, wide) {
  made.style.transform = `translate(${(place % wide) * TILE.wide}px, ${Math.floor(place / wide) * TILE.high}px)`;
}

const readable = (value) => (value === null ? "–" : (Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : Number(value.toPrecision(3)).toString()).replace("-", "−"));

function tile(place, item, wide) {
  const made = item
    ? element(
      "div", {
        className: "tile", role: "option", id: `tile-${place}`, "aria-label": `Item ${item.index}${item.label === null ? "" : `, ${item.label}`}${item.value === null ? "" : `, ${readable(item.value)}`}`, "data-item": item.index, "data-place": place, "data-order": order,
        title: `Item ${item.index}${item.id === String(item.index) ? "" : ` (${item.id})`}${item.label === null ? "" : ` · ${item.label}`}${item.percentile === null ? "" : ` · above ${readable(item.percentile)} % of the items`}`,
      },
      element("img", { "data-src": url(`spaces/${state.space}/items/${item.index}.png`), alt: `Item ${item.index}`, decoding: "async" }),
      element("span", {}, item.value === null && rankedBy() === "item" ? String(item.index) : readable(item.value)),
      element("span", { className: "quiet" }, item.label ?? ""),
    )
    : element("div", { className: "tile waiting", "data-place": place, "data-order": order });
  putAt(made, place, wide);
  return made;
}

function say(words) {
  room.style.height = "";
  room.replaceChildren(element("p", { className: "empty" }, words));
  document.getElementById("gallery-place").textContent = "";
}

function sayFailed(error) {
  say(error.message);
  room.append(element("button", { className: "plain", onclick: () => openGallery() }, "Try again"));
}

// ---- where it is ----

function reveal(place) {
  const row = Math.floor(place / columns());
  const top = row * TILE.high;
  room.style.height = `${Math.ceil((total ?? 0) / columns()) * TILE.high}px`;
  if (top < host.scrollTop || top + TILE.high > host.scrollTop + host.clientHeight) host.scrollTop = top - host.clientHeight / 3;
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
  const page = Math.max(1, Math.floor(host.clientHeight / TILE.high)) * wide;
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
  mine = item.index;
  room.querySelector(`[data-place="${cursor}"]`)?.click();
}
const chooseSoon = debounced(choose, 120);

// The item was chosen elsewhere: the gallery goes there if it is in the list.
async function follow() {
  if (!visible() || state.item === null || state.item === mine || total === null) return;
  mine = state.item;
  const of = order;
  try {
    const { position } = await postJSON(`spaces/${state.space}/ranking`, { ...asked(), offset: 0, count: 0, find: state.item });
    if (of !== order || position === null) return;
    cursor = position;
    reveal(cursor);
    paint();
  } catch (error) {
    sayFailed(error);
  }
}

export function connectGallery() {
  let shown = JSON.stringify(asked());
  subscribe((changed) => {
    if (changed.has("page") || changed.has("space")) openGallery();
    else if (visible() && (changed.has("view") || changed.has("within"))) {
      showChoices();
      if (JSON.stringify(asked()) !== shown) restart();
    } else if (changed.has("item")) follow();
    shown = JSON.stringify(asked());
  });
}
