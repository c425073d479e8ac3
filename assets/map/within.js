// The part of the items that is looked at: marked on the map, named above it, and let go of there.
import { framed } from "../core/api.js";
import { date } from "../draw/dates.js";
import { onMapReady } from "./map_request.js";
import { tellError } from "../core/notice.js";
import { count, short } from "../draw/numbers.js";
import { element } from "../core/element.js";
import { colour } from "../draw/picture.js";
import { questions } from "../core/revision.js";
import { current, state, subscribe, update } from "../core/store.js";
import { onNames, titleOfColumn } from "../point/names.js";

let shown = null; // { key, count, total, places }
let repaint = () => {};

const key = () => (state.within ? `${state.space}/${state.projection}/${JSON.stringify(state.within)}` : "");
export const hasWithin = () => Boolean(shown) && shown.key === key();

/** @param {Part} part */
export function inWords({ column: name, low, high, value }) {
  const known = current.info.columns.find((one) => one.name === name);
  const column = titleOfColumn(name, known?.measured || known?.turn ? known.title : name);
  if (known?.step && value === undefined) return `${column} from ${date(low, known.step)} to ${date(high, known.step)}`;
  const unit = known?.turn && known.turn === known.degrees ? "°" : "";
  return value === undefined ? `${column} from ${short(low)}${unit} to ${short(high)}${unit}` : `${column}: ${value}`;
}

const looks = questions("space", "projection", "within");
async function refresh() {
  const counts = looks();
  if (!state.within) {
    shown = null;
    show();
    return;
  }
  const wanted = key();
  try {
    const { about, pixels } = await framed(`spaces/${state.space}/within/${encodeURIComponent(state.projection)}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(state.within),
    });
    if (!counts()) return;
    const [length, axes] = about.shape;
    shown = { key: wanted, count: about.count, total: about.total, places: Array.from({ length }, (_, i) => Array.from(pixels.subarray(axes * i, axes * (i + 1)))) };
    show();
  } catch (error) {
    // A map under way comes with a call of its own once it is there.
    if (counts() && error.status !== 409) tellError(error);
  }
}

function show() {
  const stage = document.getElementById("map-stage");
  stage.toggleAttribute("data-within", hasWithin());
  const chip = document.getElementById("within");
  chip.hidden = !hasWithin();
  if (hasWithin()) {
    chip.replaceChildren(
      element("span", {}, `${inWords(state.within)} · ${count(shown.count)} items`),
      element("button", { className: "plain", title: "Look at all items again", "aria-label": "Look at all items again", onclick: () => update({ within: null }, { commit: true }) }, "×"),
    );
  }
  repaint();
}

export function paintWithin(context, toPixels) {
  context.fillStyle = colour("--accent");
  context.globalAlpha = shown.places.length > 2000 ? 0.55 : 0.85;
  const size = shown.places.length > 2000 ? 3 : 4.5;
  for (const place of shown.places) {
    const [x, y] = toPixels(place);
    context.fillRect(x - size / 2, y - size / 2, size, size);
  }
  context.globalAlpha = 1;
}

export function connectWithin(paint) {
  repaint = paint;
  document.getElementById("map-chips").append(element("div", { id: "within", hidden: true, role: "status" }));
  onMapReady(refresh);
  onNames(show);
  subscribe((changed) => {
    if (["within", "space", "projection"].some((name) => changed.has(name))) refresh();
  });
}
