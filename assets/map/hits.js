// All hits of a search, on the map as long as the search stands in its field.
import * as numbers from "../draw/numbers.js";
import { framed } from "../core/api.js";
import { selectHits } from "./selection.js";
import { onMapReady } from "./map_request.js";
import { tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { colour } from "../draw/picture.js";
import { questions } from "../core/revision.js";
import { state, subscribe } from "../core/store.js";

let wanted = ""; // the text looked for
let found = null; // { key, count, places }
let repaint = () => {};
let forget = () => {};

const key = () => `${state.space}/${state.projection}/${wanted}`;
export const hasHits = () => Boolean(wanted) && found?.key === key() && found.count > 0;

export function showHits(text) {
  if (text === wanted) return;
  wanted = text;
  refresh();
}

const looks = questions("space", "projection", () => wanted);
async function refresh() {
  const counts = looks();
  if (!wanted) {
    found = null;
    show();
    return;
  }
  const asked = key();
  try {
    const { about, pixels } = await framed(`spaces/${state.space}/within/${encodeURIComponent(state.projection)}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ find: wanted }),
    });
    if (!counts()) return;
    const [count, axes] = about.shape;
    found = { key: asked, count: about.count, places: Array.from({ length: count }, (_, i) => Array.from(pixels.subarray(axes * i, axes * (i + 1)))) };
    show();
  } catch (error) {
    // A map under way comes with a call of its own once it is there.
    if (counts() && error.status !== 409) tellError(error);
  }
}

// As the selection they stand out by themselves, and the search has done its work.
export async function selectFound(text) {
  const before = wanted;
  // Another search may have been begun meanwhile.
  if ((await selectHits(text)) && [before, text].includes(wanted)) forget();
}

function show() {
  const chip = document.getElementById("hits");
  chip.hidden = !hasHits();
  if (hasHits()) {
    const { count, places } = found;
    const drawn = places.length < count ? `, ${numbers.count(places.length)} of them drawn` : "";
    chip.replaceChildren(
      element("span", { title: wanted }, `“${wanted}” · ${numbers.count(count)} found${drawn}`),
      element("button", { className: "plain", "data-do": "select", title: "Select them", onclick: () => selectFound(wanted) }, "Select"),
      element("button", { className: "plain", title: "Forget the search", "aria-label": "Forget the search", onclick: forget }, "×"),
    );
  }
  repaint();
}

export function paintHits(context, toPixels) {
  const many = found.places.length > 2000;
  context.strokeStyle = colour("--mark");
  context.fillStyle = colour("--mark");
  context.lineWidth = found.places.length > 200 ? 1 : 1.5;
  for (const place of found.places) {
    const [x, y] = toPixels(place);
    if (many) context.fillRect(x - 1.5, y - 1.5, 3, 3);
    else {
      context.beginPath();
      context.arc(x, y, 4, 0, 7);
      context.stroke();
    }
  }
}

export function connectHits(paint) {
  repaint = paint;
  document.getElementById("map-chips").append(element("div", { id: "hits", hidden: true, role: "status" }));
  onMapReady(refresh);
  subscribe((changed) => {
    if (changed.has("space")) forget();
    else if (changed.has("projection")) refresh();
  });
}

// How the field is emptied, by whoever laid it.
export const onForget = (action) => { forget = action; };
