// An item beside what the model makes of it: three images, or two lines over each other and what is between them.
import { drawDifference, paintDifference, scaleInWords } from "../draw/difference.js";
import { drawPlot, drawSmall, isImage, sizeOfOne } from "../draw/form.js";
import { count, short } from "../draw/numbers.js";
import { element } from "../core/element.js";
import { draw, fitted, isDark } from "../draw/picture.js";
import { withUnit } from "../draw/vector_plot.js";
import { current } from "../core/store.js";
import { scaled } from "../core/text_size.js";

const LINE_HIGH = 150; // CSS pixels
const DIFFERENCE_HIGH = 56;
const BAR_HIGH = 16;
const MOST_NAMED = 32; // bars with names of their own

function figure(title, className = "") {
  const canvas = element("canvas", { role: "img", "aria-label": title, className });
  return { canvas, root: element("figure", {}, canvas, element("figcaption", {}, title)) };
}

// `pixels`: the original, the reconstruction, then posterior samples if there are any.
export function compared(pixels, title = "original") {
  return isImage() ? imagesCompared(pixels, title) : plotsCompared(pixels, title);
}

function imagesCompared(pixels, title) {
  const { shape } = current.info.picture;
  const original = figure(title);
  const reconstruction = figure("reconstruction");
  const difference = figure("difference");
  draw(original.canvas, pixels, shape, 0);
  draw(reconstruction.canvas, pixels, shape, 1);
  sayScale(difference, drawDifference(difference.canvas, pixels, shape, 0, 1, isDark()), "", "diff."); // in one line with its scale
  difference.root.title = `Original minus reconstruction, scaled to its largest value, on a range of pixels from 0 to 1: ${shape[2] >= 3 ? "channel by channel, middle grey where they agree" : "orange where the original is brighter, blue where it is darker"}`;
  return element("div", { className: "trio" }, original.root, reconstruction.root, difference.root);
}

// The scale stands where the picture is named.
function sayScale({ canvas, root }, scale, unit, name = "difference") {
  const words = scaleInWords(scale, unit);
  root.querySelector("figcaption").textContent = `${name} ${words}`;
  canvas.setAttribute("aria-label", `difference ${words}`);
}

function plotsCompared(pixels, title) {
  const form = current.info.picture;
  const bars = form.kind === "bars";
  const marks = form.names.length > 1 ? "dashed" : "grey";
  const both = figure(bars ? `reconstruction, and the ${title} as a mark` : `${title} (${marks}) and reconstruction`);
  const high = scaled(bars && form.shape[1] <= MOST_NAMED ? form.shape[1] * BAR_HIGH : LINE_HIGH);
  both.canvas.style.height = `${high}px`;
  const layers = bars ? [{ values: pixels, index: 1 }, { values: pixels, index: 0, faint: true }] : [{ values: pixels, index: 0, faint: true }, { values: pixels, index: 1 }];
  const difference = figure("difference");
  difference.canvas.style.height = `${DIFFERENCE_HIGH}px`;
  difference.root.title = "Original minus reconstruction, scaled to its largest value: orange where the original is higher, blue where it is lower; in shares of the range each value has in the data";
  const root = element("div", { className: "plots" }, both.root, difference.root, valueTable(pixels));
  // Drawn once it has a place, and anew with every width it gets.
  new ResizeObserver(([entry]) => {
    if (!entry.contentRect.width) return;
    drawPlot(both.canvas, layers, entry.contentRect.width, high);
    const { context, w, h } = fitted(difference.canvas);
    context.clearRect(0, 0, w, h);
    sayScale(difference, paintDifference(context, pixels, form, 0, 1, { x: 0, y: 0, w, h }, isDark()), " of the range");
  }).observe(both.root);
  return root;
}

const MOST_ROWS = 512;

function valueTable(pixels) {
  const { kind, names, units, along, axis, axis_unit: axisUnit, shape: [c, k] } = current.info.picture;
  const size = c * k;
  const cell = (text) => element("td", {}, text);
  const headed = (name, unit) => withUnit(name, unit && `(${unit})`);
  const line = (name, at) => {
    const [original, decoded] = [pixels[at], pixels[size + at]];
    return element("tr", {}, cell(name), cell(short(original)), cell(short(decoded)), cell(short(decoded - original)));
  };
  const rows = Array.from({ length: Math.min(size, MOST_ROWS) }, (_, at) => {
    if (kind === "bars") return line(headed(names[at], units[at]), at);
    const place = short(along[at % k]);
    return line(c > 1 ? `${headed(names[Math.floor(at / k)], units[Math.floor(at / k)])}, ${place}` : place, at);
  });
  const first = kind === "bars" ? "" : headed(axis, axisUnit);
  const original = kind === "bars" || c > 1 ? "original" : headed("original", units[0]);
  const head = element("tr", {}, ...[first, original, "decoded", "difference"].map((text) => element("th", {}, text)));
  const more = size > MOST_ROWS ? element("p", { className: "footnote" }, `The first ${MOST_ROWS} of ${count(size)} values; all of them can be downloaded as CSV.`) : "";
  return element("details", {}, element("summary", {}, "Values"), element("table", { className: "values" }, element("thead", {}, head), element("tbody", {}, ...rows)), more);
}

// The pictures after original and reconstruction.
export function posteriorSamples(pixels) {
  const samples = pixels.length / sizeOfOne() - 2;
  return Array.from({ length: samples }, (_, i) => {
    const canvas = element("canvas", { role: "img", "aria-label": `posterior sample ${i + 1}`, className: "small" });
    drawSmall(canvas, pixels, i + 2);
    return canvas;
  });
}
