// Drawing round items: a line by hand, or a box. While a tool is on, a drag over the map draws instead of moving the map.
import { selectAllShown, selectShape } from "./selection.js";
import { hideCard } from "./hover.js";
import { asWanted, flat, isDeep, plotBox, toPixels, toPlace, unitsPerPixel, windowBox } from "./surface.js";
import { tell } from "../core/notice.js";
import { element } from "../core/element.js";
import { subscribe } from "../core/store.js";

const STILL = 4; // pixels a hand moves without meaning a drag
const NEAR = 0.7; // pixels a simpler line may lie off the one drawn
const MOST_CORNERS = 300;

let tool = null; // "lasso" or "box"
let mode = "new"; // what a drag does without a key
let drag = null; // { pointer, places, from }: places are map coordinates, so that turning the wheel meanwhile does no harm
let outline = null;
let strip = null;

const stage = () => document.getElementById("map-stage");
export const activeTool = () => tool;

export function chooseTool(name) {
  if (name !== null && isDeep()) {
    tell("Selecting by hand needs a flat map: in depth a line encloses nothing. Take a 2-D map; what is selected there stands out here too.");
    return;
  }
  tool = tool === name ? null : name;
  mode = "new";
  stop();
  showTool();
}

// True if there was something to leave.
export function leaveTool() {
  if (drag) {
    stop();
    return true;
  }
  if (!tool) return false;
  chooseTool(null);
  return true;
}

function stop() {
  if (drag && stage().hasPointerCapture(drag.pointer)) stage().releasePointerCapture(drag.pointer);
  drag = null;
  paintOutline();
}

function showTool() {
  for (const button of document.querySelectorAll("#map-tools [data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
  stage().toggleAttribute("data-drawing", tool !== null);
  strip.hidden = tool === null;
  if (tool === null) return;
  for (const button of strip.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  strip.querySelector("span").textContent = tool === "lasso" ? "Draw round items." : "Draw a box round items.";
}

// ---- drawing ----

// In pixels of the plot, no farther out than what is in view: nothing else can be meant.
function pixelAt(event) {
  const { left, top } = windowBox();
  const box = plotBox();
  return [
    Math.min(box.left + box.width, Math.max(box.left, event.clientX - left)),
    Math.min(box.top + box.height, Math.max(box.top, event.clientY - top)),
  ];
}

function pressed(event) {
  const over = event.target.closest?.("#map .nsewdrag");
  if (!tool || !over || event.button !== 0 || !event.isPrimary || !flat() || !asWanted()) return;
  // Plotly hears of presses by mouse events, which follow unless they are called off here.
  event.preventDefault();
  event.stopPropagation();
  stage().setPointerCapture(event.pointerId);
  hideCard();
  const at = pixelAt(event);
  drag = { pointer: event.pointerId, from: at, far: 0, places: [toPlace(at)] };
}

function moved(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  event.stopPropagation();
  for (const one of event.getCoalescedEvents?.() ?? [event]) follow(one);
  if (drag.places.length === 1) follow(event);
  paintOutline(event);
}

function follow(event) {
  const at = pixelAt(event);
  drag.far = Math.max(drag.far, Math.hypot(at[0] - drag.from[0], at[1] - drag.from[1]));
  const [x, y] = toPixels(drag.places.at(-1));
  if (tool === "box") drag.places[1] = toPlace(at);
  else if (Math.hypot(at[0] - x, at[1] - y) >= 1) drag.places.push(toPlace(at));
}

function released(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  event.stopPropagation();
  const { places, far } = drag;
  const meant = modeOf(event);
  const drawn = tool;
  stop();
  if (event.type === "pointercancel" || far < STILL) return;
  if (drawn === "box") {
    const [xs, ys] = [0, 1].map((axis) => places.map((place) => place[axis]).sort((one, other) => one - other));
    selectShape("box", rounded([[xs[0], ys[0]], [xs[1], ys[1]]]), meant);
    return;
  }
  const corners = rounded(simpler(places));
  if (corners.length > 2) selectShape("lasso", corners, meant);
}

const modeOf = (event) => (event.altKey ? "sub" : event.shiftKey ? "add" : mode);

// To a tenth of a pixel: nobody draws finer, and a link gets no longer than it must.
function rounded(places) {
  const digits = Math.min(100, Math.max(0, Math.ceil(1 - Math.log10(unitsPerPixel()))));
  return places.map((place) => place.map((value) => Number(value.toFixed(digits))));
}

// The line with as few corners as lie within a pixel of it (Douglas and Peucker 1973), coarser where these are still many.
function simpler(places) {
  const line = places.map(toPixels);
  for (let near = NEAR; ; near *= 1.5) {
    const kept = new Uint8Array(line.length);
    kept[0] = 1;
    kept[line.length - 1] = 1;
    const parts = [[0, line.length - 1]];
    while (parts.length) {
      const [begin, end] = parts.pop();
      let [at, most] = [-1, near];
      for (let i = begin + 1; i < end; i += 1) {
        const away = off(line[i], line[begin], line[end]);
        if (away > most) [at, most] = [i, away];
      }
      if (at < 0) continue;
      kept[at] = 1;
      parts.push([begin, at], [at, end]);
    }
    const found = places.filter((_, i) => kept[i]);
    if (found.length <= MOST_CORNERS) return found;
  }
}

// How far a point lies off the line between two others.
function off([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const long = dx * dx + dy * dy;
  const share = long ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / long)) : 0;
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

// ---- what is seen meanwhile ----

// An element of its own: the overlay holds what is selected, which need not be drawn anew for every move of the hand.
export function paintOutline(event) {
  if (!outline) return;
  // Another map may have depth.
  if (tool && isDeep() && asWanted()) chooseTool(null);
  outline.toggleAttribute("hidden", !drag);
  if (!drag) return;
  const places = drag.places.map(toPixels);
  const corners = tool === "box" && places.length > 1
    ? [places[0], [places[1][0], places[0][1]], places[1], [places[0][0], places[1][1]]] : places;
  outline.firstElementChild.setAttribute("d", `M${corners.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`);
  if (event) outline.dataset.mode = modeOf(event);
}

export function layLasso() {
  stage().insertAdjacentHTML("beforeend", '<svg id="lasso-outline" aria-hidden="true" hidden><path d=""/></svg>');
  outline = document.getElementById("lasso-outline");
  const way = (name, text, title) => element("button", { className: "tool", "data-mode": name, title, "aria-pressed": "false", onclick: () => { mode = name; showTool(); } }, text);
  strip = element(
    "div", { id: "lasso-strip", hidden: true, role: "group", "aria-label": "Selecting" },
    element("span"),
    way("new", "New", "Select what you draw round, and nothing else"), way("add", "Add", "Add to the selection (Shift)"), way("sub", "Subtract", "Subtract from the selection (Alt)"),
    element("button", { className: "plain", title: "Select every item that is shown: not hidden by the legend or a filter", onclick: () => selectAllShown(mode) }, "All shown"),
    element("button", { className: "plain", title: "Leave (Esc)", "aria-label": "Leave the tool", onclick: () => chooseTool(null) }, "×"),
  );
  document.getElementById("map-top").append(strip);
  stage().addEventListener("pointerdown", pressed, true);
  stage().addEventListener("pointermove", moved, true);
  stage().addEventListener("pointerup", released, true);
  stage().addEventListener("pointercancel", released, true);
  // A finger that draws must not scroll or pan.
  stage().addEventListener("touchstart", (event) => { if (drag) { event.preventDefault(); event.stopPropagation(); } }, { capture: true, passive: false });
  const tools = [["lasso", "Lasso: draw round items to select them (S)"], ["box", "Box: draw a box round items to select them (B)"]];
  document.getElementById("map-tools").append(...tools.map(([name, title]) => element(
    "button", { className: "tool", title, "aria-label": title, "data-tool": name, "aria-pressed": "false", onclick: () => chooseTool(name) },
  )));
  subscribe((changed) => { if (changed.has("space") || changed.has("projection")) stop(); });
}
