// What stands for an item: an image, a line or bars. Whoever shows one asks here and need not know which.
import { element } from "../core/element.js";
import { draw as drawImage, imageData } from "./picture.js";
import { paintPlot, paintTile, TILE } from "./vector_plot.js";
import { current } from "../core/store.js";

const form = () => current.info.picture;

export const isImage = () => form().kind === "image";

// Numbers of one picture.
export const sizeOfOne = () => form().shape.reduce((all, size) => all * size, 1);

// High and wide, of a picture in a strip or a grid.
export const tileShape = () => (isImage() ? form().shape.slice(0, 2) : TILE);

// The numbers of an answer that holds nothing but pictures.
export const picturesOf = (buffer) => (isImage() ? new Uint8Array(buffer) : new Float32Array(buffer));

// Gives a canvas as many pixels as its place has, or as it is said to have, and paints layers of plots there.
export function drawPlot(canvas, layers, w = canvas.clientWidth, h = canvas.clientHeight) {
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.max(1, Math.round(w * ratio)), Math.max(1, Math.round(h * ratio))];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  paintPlot(context, layers, form(), w, h);
}

// A picture without words round it: a pin, a posterior sample.
export function drawSmall(canvas, values, index = 0) {
  if (isImage()) {
    drawImage(canvas, values, form().shape, index);
    return;
  }
  const [high, wide] = TILE;
  canvas.width = 2 * wide;
  canvas.height = 2 * high;
  const context = canvas.getContext("2d");
  context.scale(2, 2);
  paintTile(context, values, form(), index, 0, 0, wide, high);
}

// All pictures of an answer below each other on one canvas, to draw parts of it elsewhere.
export function atlas(values, count, first = 0) {
  const [h, w] = tileShape();
  const canvas = element("canvas", { width: w, height: h * count });
  const context = canvas.getContext("2d");
  for (let i = 0; i < count; i += 1) {
    if (isImage()) context.putImageData(imageData(values, form().shape, first + i), 0, i * h);
    else paintTile(context, values, form(), first + i, 0, i * h, w, h);
  }
  return canvas;
}
