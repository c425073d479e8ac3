// The point on show and the path from A to B in a map with depth: only Plotly knows where a point is seen there.
import { colour } from "./picture.js";

const HERE = "you are here";
const PATH = "from A to B";
const LINKS = "nearest items";

const markers = () => ({
  type: "scatter3d", mode: "markers", name: HERE, hoverinfo: "skip", showlegend: false,
  marker: { size: 9, color: colour("--accent"), symbol: "cross", line: { width: 1, color: "#fff" } },
});
const line = (count) => ({
  type: "scatter3d", mode: "lines+text", name: PATH, hoverinfo: "skip", showlegend: false,
  line: { width: 4, color: colour("--accent"), dash: "dash" },
  text: ["A", ...Array(count - 2).fill(""), "B"], textposition: "top center", textfont: { size: 13, color: colour("--accent") },
});

const links = () => ({
  type: "scatter3d", mode: "lines+markers", name: LINKS, hoverinfo: "skip", showlegend: false,
  line: { width: 2, color: colour("--accent") }, marker: { size: 4, color: colour("--accent") },
});

// `here`: a place or null; `path`: places or null; `near`: places, none if not wanted. One call of Plotly at a time, the newest wins.
let wanted = null;
let busy = false;
export async function paintInDepth(plot, here, path, near = []) {
  if (!plot._fullLayout.scene || !window.Plotly) return;
  const deep = (places) => (places?.[0]?.length === 3 ? places : null);
  // One line there and back for each.
  const fan = here && deep(near) ? near.flatMap((place) => [here, place, here]) : null;
  wanted = { here: deep(here && [here]), path: deep(path), fan };
  if (busy) return;
  busy = true;
  try {
    while (wanted) {
      const { here: place, path: places, fan: lines } = wanted;
      wanted = null;
      if (place) await put(plot, HERE, place, markers);
      if (places) await put(plot, PATH, places, () => line(places.length));
      else await remove(plot, PATH);
      if (lines) await put(plot, LINKS, lines, links);
      else await remove(plot, LINKS);
    }
  } finally {
    busy = false;
  }
}

const at = (plot, name) => plot.data.findIndex((trace) => trace.name === name);

async function put(plot, name, places, make) {
  const [x, y, z] = [0, 1, 2].map((axis) => places.map((place) => place[axis]));
  const index = at(plot, name);
  if (index < 0) return window.Plotly.addTraces(plot, { ...make(), x, y, z });
  const same = [["x", x], ["y", y], ["z", z]].every(([axis, values]) => {
    const shown = plot.data[index][axis];
    return shown.length === values.length && values.every((value, i) => value === shown[i]);
  });
  return same ? undefined : window.Plotly.restyle(plot, { x: [x], y: [y], z: [z] }, [index]);
}

async function remove(plot, name) {
  const index = at(plot, name);
  if (index >= 0) await window.Plotly.deleteTraces(plot, [index]);
}
