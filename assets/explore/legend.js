// Beside the questions of Interpret, and in a narrow window, the map is narrow: its legend goes without a title, in columns as wide as names need.
import { plotElement } from "./map.js";
import { state, subscribe } from "./store.js";
import { scaled } from "./text_size.js";

const narrow = () => ({ "legend.entrywidth": scaled(49), "legend.maxheight": scaled(66), "legend.title.text": "" });
let wide = null; // as the server made it

export function fitLegend() {
  const plot = plotElement();
  if (!plot?.layout?.legend || !plot._fullLayout?.showlegend) return;
  const { entrywidth, maxheight, title } = plot.layout.legend;
  const isNarrow = title.text === "";
  if (!isNarrow) wide = { "legend.entrywidth": entrywidth, "legend.maxheight": maxheight, "legend.title.text": title.text };
  const wanted = state.page === "explore" && plot.clientWidth >= scaled(480) ? wide : narrow();
  if (wanted && isNarrow !== (wanted !== wide)) window.Plotly.relayout(plot, wanted);
}

subscribe((changed) => { if (changed.has("page")) fitLegend(); });
