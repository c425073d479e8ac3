// Spatial latents as pictures: one a channel, one cell a latent dimension.
import { fixed } from "../draw/numbers.js";
import { element } from "../core/element.js";
import { isDark } from "../draw/picture.js";
import { revealRow } from "./sliders.js";
import { current, state, subscribe } from "../core/store.js";
import { titleOf } from "./names.js";

const FULL = 3; // σ at which a colour is full
const ABOVE = [213, 94, 0];
const BELOW = [0, 114, 178];
let canvases = [];
let cursor = null; // dimension under the keys

const spatial = () => (current.info?.latent_shape.length === 3 ? current.info.latent_shape : null);

export function layCells() {
  const host = document.getElementById("cells");
  const shape = spatial();
  host.hidden = !shape;
  canvases = [];
  cursor = null;
  if (!shape) return host.replaceChildren();
  const [channels, h, w] = shape;
  canvases = Array.from({ length: channels }, (_, channel) => {
    const dimension = (x, y) => (channel * h + y) * w + x;
    const canvas = element("canvas", { width: w, height: h, tabindex: 0, role: "img", "aria-label": `Latent channel ${channel}, ${h} × ${w} cells; arrow keys choose one, Enter shows its slider` });
    const under = (event) => {
      const box = canvas.getBoundingClientRect();
      const at = (value, most) => Math.min(most - 1, Math.max(0, Math.floor(value * most)));
      return dimension(at((event.clientX - box.left) / box.width, w), at((event.clientY - box.top) / box.height, h));
    };
    canvas.addEventListener("pointermove", (event) => { canvas.title = told(under(event)); });
    canvas.addEventListener("click", (event) => {
      cursor = under(event);
      revealRow(cursor);
      paint();
    });
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (!step && event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      const mine = cursor !== null && Math.floor(cursor / (h * w)) === channel ? cursor : dimension(0, 0);
      if (event.key === "Enter") {
        revealRow(mine);
        return;
      }
      const inside = mine % (h * w);
      const x = Math.min(w - 1, Math.max(0, (inside % w) + step[0]));
      const y = Math.min(h - 1, Math.max(0, Math.floor(inside / w) + step[1]));
      cursor = dimension(x, y);
      canvas.setAttribute("aria-label", `Latent channel ${channel}: ${told(cursor)}; Enter shows its slider`);
      paint();
    });
    return canvas;
  });
  host.replaceChildren(
    element("p", { className: "small", title: `Each cell is a latent dimension: orange above its mean over the items, blue below, full at ${FULL} σ. Click one for its slider.` }, `${channels} channels of ${h} × ${w} cells`),
    element("div", { className: "cells", style: `grid-template-columns: repeat(${Math.min(channels, 4)}, minmax(0, 1fr))` }, ...canvases),
  );
  return undefined;
}

const sigmas = (j) => {
  const { mean, std } = current.info.dimensions[j];
  return std > 0 ? (state.z[j] - mean) / std : 0;
};

const told = (j) => `${titleOf(j)}: ${fixed(state.z[j], 2)}, ${fixed(sigmas(j), 1)} σ from its mean`;

function paint() {
  const shape = spatial();
  if (!shape || !state.z || !canvases.length) return;
  const [, h, w] = shape;
  const ground = isDark() ? [37, 38, 43] : [248, 249, 250];
  canvases.forEach((canvas, channel) => {
    const image = new ImageData(w, h);
    for (let i = 0; i < h * w; i += 1) {
      const j = channel * h * w + i;
      const share = Math.min(1, Math.abs(sigmas(j)) / FULL);
      const full = sigmas(j) >= 0 ? ABOVE : BELOW;
      for (let k = 0; k < 3; k += 1) image.data[4 * i + k] = j === cursor ? [66, 99, 235][k] : ground[k] + (full[k] - ground[k]) * share;
      image.data[4 * i + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  });
}

// Once a frame at most: a slider's picture must not wait for these.
let frame = 0;
export function repaintCells() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    paint();
  });
}

subscribe((changed) => { if (changed.has("z")) repaintCells(); });
