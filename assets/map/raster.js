// Maps of very many items: a picture of the part in view, drawn anew as the view moves; points once few are in it.
import { framed, latestOnly, postJSON } from "../core/api.js";
import { fittedOn } from "./fitted_on.js";
import { asWanted, drawnTraces, flat, plotBox, ranges, toPixels, unitsPerPixel, windowBox } from "./surface.js";
import { tellError } from "../core/notice.js";
import { dimmed } from "./selection_marks.js";
import * as numbers from "../draw/numbers.js";
import { element } from "../core/element.js";
import { fitted } from "../draw/picture.js";
import { current, state, subscribe } from "../core/store.js";
import { selectionQuery, showsOnly } from "./selection_query.js";
import { requestedColour } from "./requested_colour.js";

const RETRY = 3000; // milliseconds
const NEAR = 6; // pixels within which a point is meant
let part = null; // { asked, picture } or { asked, points }: what was drawn last
let last = null; // what was asked for last: under way, drawn, or refused, it is not asked for again

export const isBig = () => Boolean(current.info) && current.info.count > current.info.points_up_to;
const canvas = () => document.getElementById("big-map");
const shows = () => isBig() && flat() && asWanted();

function wanted() {
  const { x, y } = ranges();
  const { width, height } = plotBox();
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  return {
    space: state.space, projection: state.projection, color: requestedColour(), hidden: state.selection ?? [], ...selectionQuery(),
    left: x[0], right: x[1], bottom: y[0], top: y[1],
    width: Math.round(width * ratio), height: Math.round(height * ratio),
  };
}
const ENDS = ["left", "right", "bottom", "top"];
// Plotly settles the ends of its axes in several steps, which differ by less than anyone can see.
function same(one, other) {
  if (!one || Object.keys(other).some((name) => !ENDS.includes(name) && String(one[name]) !== String(other[name]))) return false;
  const pixel = (other.right - other.left) / other.width;
  return ENDS.every((end) => Math.abs(one[end] - other[end]) < pixel / 2);
}
const sameMap = (asked) => ["space", "projection", "color"].every((name) => part?.asked[name] === asked[name]);

const load = latestOnly(
  // Another part of the map in view is no other map: what comes late is drawn where it belongs.
  ["space", "projection", "selection", "chosen", () => requestedColour(), () => showsOnly()],
  async ({ space, projection, ...asked }) => {
    const { about, pixels } = await framed(`spaces/${space}/part/${encodeURIComponent(projection)}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked),
    });
    if (about.drawn === "picture") return { about, picture: await createImageBitmap(new Blob([pixels], { type: "image/webp" })) };
    return { about, points: pixels };
  },
  (answer, asked) => {
    part?.picture?.close();
    part = { ...answer, asked };
    paintBigMap();
  },
  (error, asked) => {
    if (error.status !== 409) tellError(error);
    // A server that has gone, or stumbled, may be back; what it refused it would refuse again.
    if (error.status === 0 || error.status >= 500) setTimeout(() => { if (last === asked) { last = null; paintBigMap(); } }, RETRY);
  },
);

// Draws what there is where it belongs by now, and asks for what is missing.
export function paintBigMap() {
  if (!canvas()) return;
  tellWhatIsDrawn();
  const shown = shows();
  canvas().style.visibility = shown ? "" : "hidden";
  if (!shown) return;
  const asked = wanted();
  const drawn = same(part?.asked, asked);
  if (!same(last, asked)) {
    last = asked;
    load(asked);
  }
  const { context, w, h } = fitted(canvas());
  context.clearRect(0, 0, w, h);
  if (!part || !sameMap(asked)) return;
  const box = plotBox();
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  if (part.picture) {
    const [left, top] = toPixels([part.asked.left, part.asked.top]);
    const [right, bottom] = toPixels([part.asked.right, part.asked.bottom]);
    context.drawImage(part.picture, left, top, right - left, bottom - top);
  } else paintPoints(context);
  context.restore();
  canvas().dataset.drawn = part.about.drawn;
  canvas().dataset.count = String(part.about.count);
  canvas().dataset.current = String(drawn);
}

function tellWhatIsDrawn() {
  const note = document.getElementById("big-note");
  note.hidden = !isBig();
  if (!isBig()) return;
  const words = [];
  const drawn = flat() ? 0 : drawnTraces().reduce((sum, trace) => sum + (trace.customdata?.length ?? 0), 0);
  if (!flat()) words.push(drawn < current.info.count ? `a sample of ${numbers.count(drawn)} items is drawn` : "");
  else if (part) words.push(part.points ? `${numbers.count(part.about.count)} items in view` : `${numbers.count(part.about.count)} items in view, drawn as a picture`);
  else words.push("drawing the map …");
  const count = fittedOn(state.space, state.projection);
  if (count) words.push(`fitted on ${numbers.count(count)}, the rest placed`);
  note.textContent = words.filter(Boolean).join(" · ");
  note.title = note.textContent;
  note.hidden = !note.textContent;
}

function paintPoints(context) {
  const size = (state.view.pointSize ?? 5) / 2;
  const opacity = state.view.pointOpacity ?? 0.75;
  for (let i = 0; i < part.points.length; i += 4) {
    const [x, y] = toPixels([part.points[i + 1], part.points[i + 2]]);
    context.globalAlpha = opacity * dimmed(part.points[i]);
    context.fillStyle = `#${part.points[i + 3].toString(16).padStart(6, "0")}`;
    context.beginPath();
    context.arc(x, y, size, 0, 7);
    context.fill();
  }
  context.globalAlpha = 1;
}

// The item drawn as a point under the pointer, where items are drawn as points; null else.
export function pointAt({ x, y }) {
  if (!shows() || !part?.points || !sameMap(wanted())) return null;
  const box = windowBox();
  let best = null;
  let least = NEAR;
  for (let i = 0; i < part.points.length; i += 4) {
    const [px, py] = toPixels([part.points[i + 1], part.points[i + 2]]);
    const away = Math.hypot(px + box.left - x, py + box.top - y);
    if (away <= least) [best, least] = [part.points[i], away];
  }
  return best;
}

export const isPicture = () => shows() && Boolean(part?.picture);

// The item nearest to a spot, found by the server among all of them; null where there is none within reach.
export async function itemNear(spot) {
  const reach = NEAR * unitsPerPixel();
  const found = await postJSON(`spaces/${state.space}/pick/${encodeURIComponent(state.projection)}`, { x: spot[0], y: spot[1], reach, color: requestedColour(), hidden: state.selection ?? [], ...selectionQuery() });
  return found.index;
}

export function layBigMap(stage) {
  // Over the veil and the decoded grid, as points are.
  document.getElementById("underlay").after(element("canvas", { id: "big-map", "aria-hidden": "true" }));
  stage.append(element("div", { id: "big-note", hidden: true }));
  subscribe((changed) => {
    if (changed.has("space") || changed.has("projection")) {
      part = null;
      last = null;
    }
    if (changed.has("selection") || changed.has("color") || changed.has("view") || changed.has("chosen")) paintBigMap();
  });
}

// For a picture of the map that is downloaded.
export const bigMapCanvas = () => (shows() ? canvas() : null);
