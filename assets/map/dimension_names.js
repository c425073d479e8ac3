// What dimensions are called, on the map: over the scale of its colours and along the axes of a raw map.
import { hasFigure, layout, relayout, restyle, traces } from "./surface.js";
import { dimensionOf, onNames, titleOf } from "../point/names.js";

// Plotly reads its texts as a kind of HTML.
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// What a title that names a dimension ought to say; null for all others, and for one that says so already.
function renamed(text) {
  const j = dimensionOf(/^z\d+(?=$| · )/.exec(text ?? "")?.[0]);
  const wanted = j === null ? text : escaped(titleOf(j));
  return wanted === text ? null : wanted;
}

export function nameDimensions() {
  if (!hasFigure()) return;
  const scale = traces().findIndex(({ marker }) => renamed(marker?.colorbar?.title?.text) !== null);
  if (scale >= 0) restyle({ "marker.colorbar.title.text": renamed(traces()[scale].marker.colorbar.title.text) }, [scale]);
  const changes = {};
  for (const [path, axes] of [["", layout()], ["scene.", layout().scene ?? {}]]) {
    for (const axis of ["xaxis", "yaxis", "zaxis"]) {
      const wanted = renamed(axes[axis]?.title?.text);
      if (wanted !== null) changes[`${path}${axis}.title.text`] = wanted;
    }
  }
  if (Object.keys(changes).length) relayout(changes);
}

onNames(nameDimensions);
