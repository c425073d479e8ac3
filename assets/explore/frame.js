// What part of the map is in view. It goes with the link and survives another colour; another map has another one.
import { flat, plotElement } from "./map.js";
import { sameNumbers, state, subscribe, update } from "./store.js";

// [left, right, bottom, top] of a flat map, or eye, centre and up of the camera in depth.
export function frameShown(plot) {
  const { scene, xaxis, yaxis } = plot._fullLayout;
  if (!scene) return [...xaxis.range, ...yaxis.range];
  const { eye, center, up } = scene._scene?.getCamera() ?? scene.camera;
  return [eye, center, up].flatMap(({ x, y, z }) => [x, y, z]);
}

// Plotly tells of every move of the view, ours included.
export function rememberFrame(plot, changes) {
  const names = Object.keys(changes ?? {});
  if (names.some((name) => name.endsWith("autorange")) || changes?.["scene.camera"] === null) update({ frame: null });
  else if (names.some((name) => /^[xy]axis\.range|^scene\.camera/.test(name))) update({ frame: frameShown(plot) });
}

// After undo, or Back: the view goes where the store says.
export function connectFrame(asWanted) {
  subscribe((changed) => {
    const plot = plotElement();
    if (!changed.has("frame") || changed.has("projection") || changed.has("space") || !plot?.data?.length || !asWanted()) return;
    const { frame } = state;
    if (sameNumbers(frame, frameShown(plot))) return;
    const flat = !plot._fullLayout.scene;
    if (flat && frame?.length === 4) window.Plotly.relayout(plot, { "xaxis.range": frame.slice(0, 2), "yaxis.range": frame.slice(2) });
    else if (flat && frame === null && !plot._fullLayout.xaxis.autorange) window.Plotly.relayout(plot, { "xaxis.autorange": true, "yaxis.autorange": true });
    else if (!flat && frame?.length === 9) window.Plotly.relayout(plot, { "scene.camera": camera(frame) });
  });
}

const point = ([x, y, z]) => ({ x, y, z });
const camera = (frame) => ({ eye: point(frame.slice(0, 3)), center: point(frame.slice(3, 6)), up: point(frame.slice(6)) });

export function zoomToAll() {
  const plot = plotElement();
  const whole = plot?.layout?.meta?.whole;
  if (!flat() && whole) {
    window.Plotly.relayout(plot, { "scene.camera": null, ...Object.fromEntries(whole.map((ends, i) => [`scene.${"xyz"[i]}axis.range`, [...ends]])) });
    return;
  }
  if (flat()) window.Plotly.relayout(plot, { "xaxis.autorange": true, "yaxis.autorange": true });
}

export function zoomTo(place) {
  const plot = plotElement();
  if (!place || !plot?.data?.length) return;
  if (!flat()) {
    const half = Math.max(...plot.layout.meta.whole.map(([low, high]) => high - low)) / 8;
    window.Plotly.relayout(plot, Object.fromEntries(place.map((at, i) => [`scene.${"xyz"[i]}axis.range`, [at - half, at + half]])));
    return;
  }
  const { xaxis, yaxis } = plot._fullLayout;
  const spanOf = ([low, high]) => Math.abs(high - low);
  const { minallowed, maxallowed } = plot.layout.xaxis.autorangeoptions;
  const half = Math.min((maxallowed - minallowed) / 16, spanOf(xaxis.range) / 2, spanOf(yaxis.range) / 2);
  const ratio = yaxis._length / xaxis._length;
  window.Plotly.relayout(plot, {
    "xaxis.range": [place[0] - half, place[0] + half],
    "yaxis.range": [place[1] - half * ratio, place[1] + half * ratio],
  });
}
