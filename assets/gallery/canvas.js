// The tiles of the gallery on one canvas: where each lies, and how it looks.
import { scaleInWords } from "../draw/difference.js";
import { colour, fitted } from "../draw/picture.js";
import { short } from "../draw/numbers.js";
import { fillFitted } from "../draw/vector_plot.js";
import { scaled } from "../core/text_size.js";
import { isImage } from "../draw/form.js";
import { besides, isRefused, pictureOf } from "./pictures.js";

export const HIGH = 104;
const PICTURE = 62;
const GAP = 6;

export const tileWide = () => (isImage() && besides() === 2 ? 2 * PICTURE + 24 : PICTURE + 20);

export const readable = (value) => (value === null ? "–" : short(value, 3));

// Under the figure an item is ordered by: its label, or how far the colours of its difference reach.
function below(item) {
  const scale = pictureOf(item.index)?.scale;
  return scale === undefined ? item.label : scaleInWords(scale);
}

// `tiles`: [{ x, y, item, text, on, under }], the item null while it is on its way.
export function paintTiles(canvas, tiles) {
  const { context, w, h } = fitted(canvas);
  context.clearRect(0, 0, w, h);
  const family = getComputedStyle(canvas).fontFamily;
  const inks = { ink: colour("--ink"), quiet: colour("--quiet"), ground: colour("--picture-ground"), accent: colour("--accent"), soft: colour("--accent-soft") };
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (const tile of tiles) paintTile(context, tile, inks);
  const words = (size, ink, draw) => {
    context.font = `${size}px ${family}`;
    context.fillStyle = ink;
    for (const tile of tiles) if (tile.item) draw(tile, tile.x + (tileWide() - GAP) / 2);
  };
  words(scaled(12), inks.ink, ({ y, text }, x) => fillFitted(context, text, x, y + 62 + scaled(14), tileWide() - GAP - 4));
  words(scaled(12), inks.quiet, ({ y, item }, x) => { if (below(item)) fillFitted(context, below(item), x, y + 62 + scaled(27.5), tileWide() - GAP - 4); });
}

function paintTile(context, { x, y, item, on, under }, inks) {
  const wide = tileWide() - GAP;
  if (on || under) {
    context.fillStyle = on ? inks.soft : inks.ground;
    context.beginPath();
    context.roundRect(x, y, wide, HIGH - GAP, 5);
    context.fill();
  }
  const picture = item && pictureOf(item.index);
  const left = x + 7;
  if (picture) {
    const room = wide - 14;
    const scale = Math.min(room / picture.w, PICTURE / picture.h);
    const [w, h] = [picture.w * scale, picture.h * scale];
    context.imageSmoothingEnabled = scale * (window.devicePixelRatio || 1) < 1;
    context.drawImage(picture.canvas, 0, picture.y, picture.w, picture.h, left + (room - w) / 2, y + 2 + (PICTURE - h) / 2, w, h);
  } else {
    context.fillStyle = inks.ground;
    context.fillRect(left, y + 2, wide - 14, PICTURE);
    if (item && isRefused(item.index)) {
      context.font = `${scaled(12)}px sans-serif`;
      context.fillStyle = inks.quiet;
      context.fillText("no picture", x + wide / 2, y + 2 + PICTURE / 2);
    }
  }
  if (on) {
    context.strokeStyle = inks.accent;
    context.lineWidth = 2;
    context.beginPath();
    context.roundRect(x + 1, y + 1, wide - 2, HIGH - GAP - 2, 4);
    context.stroke();
  }
}
