// The items selected stand out on the map: they are drawn over it in their own colours, and all others step back.
import { isSelected, selected, standsOut } from "./selection.js";
import { drawnTraces } from "./surface.js";
import { cssOnScale } from "./animation.js";
import { state } from "../core/store.js";
import { isColour, showsOnly } from "./selection_query.js";

const MANY = 3000; // drawn as squares, which take a tenth of the time of discs
const INKS = 64;

let groups = null; // { of, data, inks: Map of colour -> [places] }

export const hasSelectionMarks = () => standsOut() && !showsOnly() && !isColour() && collected().size > 0;

// By colour, so that each is set once.
function collected() {
  const data = drawnTraces();
  if (groups?.of === selected() && groups.data === data) return groups.inks;
  const inks = new Map();
  for (const trace of data) {
    if (trace.visible !== true || !trace.customdata) continue;
    const { marker } = trace;
    const scaled = typeof marker.color === "string" ? null : shades(marker);
    trace.customdata.forEach((index, k) => {
      if (!isSelected(index)) return;
      const ink = scaled ? scaled(k) : marker.color;
      if (!inks.has(ink)) inks.set(ink, []);
      inks.get(ink).push(trace.z ? [trace.x[k], trace.y[k], trace.z[k]] : [trace.x[k], trace.y[k]]);
    });
  }
  groups = { of: selected(), data, inks };
  return inks;
}

function shades(marker) {
  const { cmin, cmax } = marker;
  const steps = Array.from({ length: INKS }, (_, i) => cssOnScale(marker, cmin + ((cmax - cmin) * i) / (INKS - 1)));
  return (k) => steps[Math.round((INKS - 1) * Math.min(1, Math.max(0, (marker.color[k] - cmin) / (cmax - cmin))))];
}

export function paintSelectionMarks(context, toPixels) {
  const size = state.view.pointSize ?? (selected().count > MANY ? 4 : 5);
  const squares = selected().count > MANY;
  context.globalAlpha = squares ? 0.8 : 0.9;
  for (const [ink, places] of collected()) {
    context.fillStyle = ink;
    for (const place of places) {
      const [x, y] = toPixels(place);
      if (squares) context.fillRect(x - size / 2, y - size / 2, size, size);
      else {
        context.beginPath();
        context.arc(x, y, size / 2 + 0.5, 0, 7);
        context.fill();
      }
    }
  }
  context.globalAlpha = 1;
}

// How many of what is selected is seen in a part of the plot, in pixels.
export function countSeen(toPixels, [left, top, right, bottom]) {
  let count = 0;
  for (const place of [...collected().values()].flat()) {
    const [x, y] = toPixels(place);
    if (x >= left && x <= right && y >= top && y <= bottom) count += 1;
  }
  return count;
}

// The rest steps back, unless a colour or a filter tells them apart already.
export function dimOthers() {
  const stage = document.getElementById("map-stage");
  stage.toggleAttribute("data-selected", hasSelectionMarks());
}

// Of a single point drawn elsewhere: how opaque it is.
export const dimmed = (index) => (standsOut() && !showsOnly() && !isColour() && !isSelected(index) ? 0.25 : 1);
