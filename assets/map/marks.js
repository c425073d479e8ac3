// Numbered places on the map: the points that a card on show lists, such as holes.
import { postNumbers } from "../core/api.js";
import { onMapReady } from "./map_request.js";
import { tellError } from "../core/notice.js";
import { colour } from "../draw/picture.js";
import { questions } from "../core/revision.js";
import { state, subscribe } from "../core/store.js";
import { scaled } from "../core/text_size.js";

let marks = null; // { key, places }
let repaint = () => {};

function points() {
  if (state.page === "explore") return [];
  const group = document.querySelector("#study-cards > .cards:not([hidden])");
  return [...(group?.querySelectorAll(".marks [data-point]") ?? [])].map((one) => one.dataset.point);
}

const key = (listed) => (listed.length ? `${state.space}/${state.projection}/${listed.join("|")}` : "");
export const hasMarks = () => Boolean(marks?.places.length);

const looks = questions("space", "projection", "page");
export async function refreshMarks() {
  const counts = looks();
  const listed = points();
  const wanted = key(listed);
  if (marks?.key === wanted) return;
  marks = null;
  repaint();
  if (!wanted) return;
  try {
    const numbers = Float32Array.from(listed.flatMap((point) => point.split(",").map(Number)));
    const { shape, buffer } = await postNumbers(`spaces/${state.space}/locate/${encodeURIComponent(state.projection)}`, numbers);
    if (!counts()) return;
    const places = new Float32Array(buffer);
    marks = { key: wanted, places: listed.map((_, i) => Array.from(places.subarray(i * shape[1], (i + 1) * shape[1]))) };
    repaint();
  } catch (error) {
    if (counts() && error.status !== 409) tellError(error);
  }
}

export function paintMarks(context, toPixels) {
  context.font = `650 ${scaled(12)}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  // The first lies on top.
  marks.places.map((place, i) => [i + 1, toPixels(place)]).reverse().forEach(([number, [x, y]]) => {
    context.beginPath();
    context.arc(x, y, scaled(9.5), 0, 7);
    context.fillStyle = colour("--mark");
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = colour("--ground");
    context.stroke();
    context.fillStyle = "#fff";
    context.fillText(String(number), x, y + 0.5);
  });
}

export function connectMarks(paint) {
  repaint = paint;
  onMapReady(refreshMarks);
  subscribe((changed) => {
    if (["page", "space", "projection"].some((name) => changed.has(name))) refreshMarks();
  });
}
