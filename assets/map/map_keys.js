// The map by keyboard: arrows move what is in view, plus and minus zoom, Enter decodes the spot at its centre.
import { touch } from "../point/decoded.js";
import { asWanted, flat, ranges, showRanges } from "./surface.js";

const STEP = 0.1; // of what is in view
const ZOOM = 1.25;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
const ZOOMS = { "+": 1 / ZOOM, "=": 1 / ZOOM, "-": ZOOM, "−": ZOOM };

/** @param {number[]} ends */
const middle = ([low, high]) => (low + high) / 2;

function pressed(event) {
  // Whoever clicked the map steps through items with the arrows, as anywhere.
  if (event.target.id !== "map" || !event.target.matches(":focus-visible")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || !flat() || !asWanted()) return;
  const move = MOVES[event.key];
  const zoom = ZOOMS[event.key];
  const { x, y } = ranges();
  const along = (ends, by) => ends.map((end) => end + STEP * by * (ends[1] - ends[0]));
  const around = (ends) => ends.map((end) => middle(ends) + zoom * (end - middle(ends)));
  if (move) showRanges(along(x, move[0]), along(y, move[1]));
  else if (zoom) showRanges(around(x), around(y));
  else if (event.key === "Enter") touch([middle(x), middle(y)]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// After every drawing of the map: Dash may have put another element in its place.
export function nameMap() {
  const map = document.getElementById("map");
  if (map.tabIndex === 0) return;
  map.tabIndex = 0;
  map.setAttribute("role", "application");
  map.setAttribute("aria-label", "Map of the items. Arrow keys move it, plus and minus zoom, Enter decodes the spot at its centre. The legend follows.");
}

export function connectMapKeys() {
  document.getElementById("map-stage").addEventListener("keydown", pressed);
}
