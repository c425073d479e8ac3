// Beside the questions of Interpret, and in a narrow window, the map is narrow: its legend goes without a title, in columns
// as wide as names need. It has four whole rows, which hold the ten classes of most sets; a row cut in half looks like a fault.
import { hasFigure, layout, relayout, size } from "./surface.js";
import { state, subscribe } from "../core/store.js";
import { scaled } from "../core/text_size.js";

const TALLER = 22; // pixels by which the foot of a narrow map is taller, as in map_top.css
const NAMES = ["legend.entrywidth", "legend.maxheight", "legend.title.text", "margin.b"];
let wide = null; // as the server made it

export function fitLegend() {
  if (!hasFigure() || !layout().legend) return;
  const { legend: { entrywidth, maxheight, title }, margin } = layout();
  const isNarrow = title.text === "";
  if (!isNarrow) wide = [entrywidth, maxheight, title.text, margin.b];
  const fits = state.page === "explore" && size()[0] >= scaled(480);
  document.getElementById("map-stage").toggleAttribute("data-narrow", !fits);
  if (!wide || isNarrow !== fits) return;
  const wanted = fits ? wide : [scaled(49), scaled(86), "", wide[3] + scaled(TALLER)];
  relayout(Object.fromEntries(NAMES.map((name, i) => [name, wanted[i]])));
}

subscribe((changed) => { if (changed.has("page")) fitLegend(); });
