// What dimensions are called, on the map: over the scale of its colours and along the axes of a raw map.
import { plotElement } from "../explore/map.js";
import { dimensionOf, onNames, titleOf } from "./names.js";

// Plotly reads its texts as a kind of HTML.
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// What a title that names a dimension ought to say; null for all others, and for one that says so already.
function renamed(text) {
  const j = dimensionOf(/^z\d+(?=$| · )/.exec(text ?? "")?.[0]);
  const wanted = j === null ? text : escaped(titleOf(j));
  return wanted === text ? null : wanted;
}

export function nameDimensions() {
  const plot = plotElement();
  if (!plot?.data?.length || !window.Plotly) return;
  const scale = plot.data.findIndex(({ marker }) => renamed(marker?.colorbar?.title?.text) !== null);
  if (scale >= 0) window.Plotly.restyle(plot, { "marker.colorbar.title.text": renamed(plot.data[scale].marker.colorbar.title.text) }, [scale]);
  const changes = {};
  for (const [path, axes] of [["", plot.layout], ["scene.", plot.layout.scene ?? {}]]) {
    for (const axis of ["xaxis", "yaxis", "zaxis"]) {
      const wanted = renamed(axes[axis]?.title?.text);
      if (wanted !== null) changes[`${path}${axis}.title.text`] = wanted;
    }
  }
  if (Object.keys(changes).length) window.Plotly.relayout(plot, changes);
}

onNames(nameDimensions);
