// What lies between an item and its reconstruction, scaled to the item itself: the largest difference has the full colour.
import { colour } from "./picture.js";

// Both readable on the page's ground, which is what no difference looks like.
const LIGHT = { blank: [248, 249, 250], plus: [213, 94, 0], minus: [0, 114, 178] };
const DARK = { blank: [37, 38, 43], plus: [255, 146, 61], minus: [92, 184, 245] };

// As it is written beside the picture: the largest difference there is.
export const scaleInWords = (scale, unit = "") => (scale ? `±${Number(scale.toPrecision(2))}${unit}` : "none");

// Original minus reconstruction. Grey: orange where the original is brighter, blue where it is darker. Colours: channel
// by channel around middle grey; averaged, a wrong hue would look like no error at all. Returns the scale, on [0, 1].
export function drawDifference(canvas, pixels, [h, w, c], first, second, dark) {
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const image = new ImageData(w, h);
  const values = c >= 3 ? channels(pixels, h * w, c, first, second) : greys(pixels, h * w, c, first, second);
  const scale = largest(values);
  if (c >= 3) {
    for (let i = 0; i < h * w; i += 1) {
      for (let k = 0; k < 3; k += 1) image.data[4 * i + k] = 128 + (127 * values[3 * i + k]) / (scale || 1);
      image.data[4 * i + 3] = 255;
    }
  } else {
    const { blank, plus, minus } = dark ? DARK : LIGHT;
    values.forEach((value, i) => {
      const full = value >= 0 ? plus : minus;
      for (let k = 0; k < 3; k += 1) image.data[4 * i + k] = blank[k] + ((full[k] - blank[k]) * Math.abs(value)) / (scale || 1);
      image.data[4 * i + 3] = 255;
    });
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return scale;
}

// Of a vector or a series: around zero, every value in shares of the range it has in the data. Returns the scale.
export function paintDifference(context, values, form, first, second, { x, y, w, h }, dark) {
  const [c, k] = form.shape;
  const rows = Array.from({ length: c * k }, (_, i) => {
    const at = form.kind === "bars" ? i : Math.floor(i / k);
    return (values[first * c * k + i] - values[second * c * k + i]) / (form.high[at] - form.low[at] || 1);
  });
  const scale = largest(rows);
  const middle = y + h / 2;
  const high = (value) => ((h / 2 - 1) * value) / (scale || 1);
  context.fillStyle = colour("--line");
  context.fillRect(x, middle - 0.5, w, 1);
  const { plus, minus } = dark ? DARK : LIGHT;
  rows.forEach((value, i) => {
    const slot = w / k;
    context.fillStyle = `rgb(${value >= 0 ? plus : minus})`;
    // Several channels lie over each other, each seen through.
    context.globalAlpha = c > 1 ? 0.6 : 1;
    context.fillRect(x + (i % k) * slot, Math.min(middle, middle - high(value)), Math.max(0.8, 0.85 * slot), Math.abs(high(value)));
  });
  context.globalAlpha = 1;
  return scale;
}

function greys(pixels, size, c, first, second) {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < c; k += 1) values[i] += (pixels[(first * size + i) * c + k] - pixels[(second * size + i) * c + k]) / c / 255;
  }
  return values;
}

function channels(pixels, size, c, first, second) {
  const values = new Float32Array(3 * size);
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < 3; k += 1) values[3 * i + k] = (pixels[(first * size + i) * c + k] - pixels[(second * size + i) * c + k]) / 255;
  }
  return values;
}

function largest(values) {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
