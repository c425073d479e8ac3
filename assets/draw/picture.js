// Pixels onto canvases, without a detour through image files.

// Picture number `index` of a uint8 [m, h, w, c] answer as ImageData.
export function imageData(pixels, [h, w, c], index = 0) {
  const image = new ImageData(w, h);
  const rgba = new Uint32Array(image.data.buffer);
  const size = h * w;
  let at = index * size * c;
  if (c === 1) {
    for (let i = 0; i < size; i += 1, at += 1) rgba[i] = 0xff000000 | (pixels[at] * 0x010101);
  } else if (c === 2) {
    for (let i = 0; i < size; i += 1, at += 2) rgba[i] = 0xff000000 | (pixels[at + 1] << 8) | pixels[at];
  } else {
    for (let i = 0; i < size; i += 1, at += c) rgba[i] = 0xff000000 | (pixels[at + 2] << 16) | (pixels[at + 1] << 8) | pixels[at];
  }
  return image;
}

export function draw(canvas, pixels, shape, index = 0) {
  const [h, w] = shape;
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  canvas.getContext("2d").putImageData(imageData(pixels, shape, index), 0, 0);
}

// Gives a canvas as many pixels as the screen shows of it, and returns its context in CSS pixels.
export function fitted(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: w, clientHeight: h } = canvas;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(h * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.imageSmoothingEnabled = false;
  return { context, w, h };
}

// A bar under a picture: the less it can be believed, the plainer to see.
export function paintDoubt(context, trust, x, y, width) {
  if (Number.isNaN(trust)) return; // nothing to go by
  context.globalAlpha = 1 - trust;
  context.fillStyle = colour("--bad");
  context.fillRect(x, y, width, 3);
  context.globalAlpha = 1;
}

export const isDark = () => document.documentElement.dataset.mantineColorScheme === "dark";

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
