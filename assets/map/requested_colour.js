// The colour a map is asked for in: the one chosen, as far as it can be had.
import { SELECTION } from "./selection_query.js";
import { current, state } from "../core/store.js";

const measured = new Set(); // "space/projection" of maps whose points can be coloured by what was measured

export const isMeasured = (space, projection) => measured.has(`${space}/${projection}`);
export const noteMeasured = (space, projection) => measured.add(`${space}/${projection}`);
// Whether a colour is a figure of the map, and not of the items.
export const ofMap = (color) => Boolean(current.info?.columns.find((column) => column.name === color)?.of_map);

// Until a map has been measured, or without a selection, its points have the usual colours.
export function requestedColour(projection = state.projection) {
  if (state.color === SELECTION && !state.chosen) return current.info.default_column;
  return ofMap(state.color) && !isMeasured(state.space, projection) ? current.info.default_column : state.color;
}
