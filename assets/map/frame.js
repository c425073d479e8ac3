// What part of the map is in view. It goes with the link and survives another colour; another map has another one.
import { sameNumbers, state, subscribe, update } from "../core/store.js";
import { asWanted, camera, flat, hasFigure, isDeep, isWhole, layout, meta, plotBox, ranges, relayout, showFrom, showRanges, showWhole } from "./surface.js";

// [left, right, bottom, top] of a flat map, or eye, centre and up of the camera in depth.
export function frameShown() {
  if (!isDeep()) {
    const { x, y } = ranges();
    return [...x, ...y];
  }
  const { eye, center, up } = camera();
  return [eye, center, up].flatMap(({ x, y, z }) => [x, y, z]);
}

// Plotly tells of every move of the view, ours included.
export function rememberFrame(changes) {
  const names = Object.keys(changes ?? {});
  if (names.some((name) => name.endsWith("autorange")) || changes?.["scene.camera"] === null) update({ frame: null });
  else if (names.some((name) => /^[xy]axis\.range|^scene\.camera/.test(name))) update({ frame: frameShown() });
}

// After undo, or Back: the view goes where the store says.
export function connectFrame() {
  subscribe((changed) => {
    if (!changed.has("frame") || changed.has("projection") || changed.has("space") || !hasFigure() || !asWanted()) return;
    const { frame } = state;
    if (sameNumbers(frame, frameShown())) return;
    if (flat() && frame?.length === 4) showRanges(frame.slice(0, 2), frame.slice(2));
    else if (flat() && frame === null && !isWhole()) showWhole();
    else if (!flat() && frame?.length === 9) showFrom(cameraOf(frame));
  });
}

const point = ([x, y, z]) => ({ x, y, z });
const cameraOf = (frame) => ({ eye: point(frame.slice(0, 3)), center: point(frame.slice(3, 6)), up: point(frame.slice(6)) });

export function zoomToAll() {
  const { whole } = meta();
  if (!flat() && whole) {
    relayout({ "scene.camera": null, ...Object.fromEntries(whole.map((ends, i) => [`scene.${"xyz"[i]}axis.range`, [...ends]])) });
    return;
  }
  if (flat()) showWhole();
}

export function zoomTo(place) {
  if (!place || !hasFigure()) return;
  if (!flat()) {
    const half = Math.max(...meta().whole.map(([low, high]) => high - low)) / 8;
    relayout(Object.fromEntries(place.map((at, i) => [`scene.${"xyz"[i]}axis.range`, [at - half, at + half]])));
    return;
  }
  const { x, y } = ranges();
  const { width, height } = plotBox();
  const spanOf = (ends) => Math.abs(ends[1] - ends[0]);
  const { minallowed, maxallowed } = layout().xaxis.autorangeoptions;
  const half = Math.min((maxallowed - minallowed) / 16, spanOf(x) / 2, spanOf(y) / 2);
  const ratio = height / width;
  showRanges([place[0] - half, place[0] + half], [place[1] - half * ratio, place[1] + half * ratio]);
}
