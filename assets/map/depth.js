// A map with depth: where its places are seen. What lies over a flat map lies over it too, so that no cloud of points hides it.
// Plotly has no public word for this; the fields are those its own annotations in depth go by.

export const sceneOf = (plot) => plot?._fullLayout?.scene?._scene;

export const isDeep = (plot) => Boolean(plot?._fullLayout?.scene);

// Where the scene is on the plot, in pixels.
export function sceneBox(plot) {
  const { _size: size, scene } = plot._fullLayout;
  const { x, y } = scene.domain;
  return { left: size.l + size.w * x[0], top: size.t + size.h * (1 - y[1]), width: size.w * (x[1] - x[0]), height: size.h * (y[1] - y[0]) };
}

const times = (m, v) => [0, 1, 2, 3].map((i) => m[i] * v[0] + m[i + 4] * v[1] + m[i + 8] * v[2] + m[i + 12] * v[3]);

// A place in depth as pixels of the plot; NaN, which a canvas passes over, behind the eye and where nothing is drawn yet.
export function seenAt(plot, place) {
  const [x, y] = projected(plot, place);
  return [x, y];
}

// The same, and how far from the eye it is.
function projected(plot, [x, y, z]) {
  const scene = sceneOf(plot);
  const camera = scene?.glplot?.cameraParams;
  if (!camera?.projection || z === undefined) return [NaN, NaN, NaN];
  const scaled = [x, y, z].map((value, i) => value * scene.dataScale[i]);
  const [right, up, , depth] = times(camera.projection, times(camera.view, times(camera.model, [...scaled, 1])));
  if (!(depth > 0)) return [NaN, NaN, NaN];
  const { left, top, width, height } = sceneBox(plot);
  return [left + (width / 2) * (1 + right / depth), top + (height / 2) * (1 - up / depth), depth];
}

// The item that a finger means, which hovers over nothing: the foremost within reach of a place of the plot; null where there is none.
export function itemSeenAt(plot, [x, y], reach) {
  let [found, nearest] = [null, Infinity];
  for (const trace of plot._fullData) {
    if (trace.visible !== true || !trace.customdata) continue;
    for (let i = 0; i < trace.customdata.length; i += 1) {
      const [px, py, depth] = projected(plot, [trace.x[i], trace.y[i], trace.z[i]]);
      if (depth < nearest && Math.hypot(px - x, py - y) <= reach) [found, nearest] = [Number(trace.customdata[i]), depth];
    }
  }
  return found;
}

// Calls back whenever the eye has moved.
let told = null;
export function onTurned(plot, listener) {
  const drawing = sceneOf(plot)?.glplot;
  if (!drawing || drawing.onrender?.ours) return;
  const draw = drawing.onrender;
  drawing.onrender = () => {
    draw();
    const { view, projection, model } = drawing.cameraParams;
    const now = [...view, ...projection, ...model].join();
    if (now === told) return;
    told = now;
    listener();
  };
  drawing.onrender.ours = true;
}
