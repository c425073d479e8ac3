// Vectors and series drawn as lines or bars, on the scales of the data.
import { short } from "./numbers.js";
import { colour } from "./picture.js";
import { scaled } from "../core/text_size.js";

export const TILE = [54, 72]; // high and wide, of a small plot
const ROW = 14; // CSS pixels of a bar that has its name beside it
const GAP = 10; // below a panel, so that its last number is clear of the next one's first
const FONT = "system-ui, sans-serif";

const span = (low, high) => (high > low ? high - low : 1);
const within = (share) => Math.min(1.1, Math.max(-0.1, share));

export const withUnit = (text, unit) => (unit ? `${text} ${unit}` : text);

// Round numbers between two ends, about as many as What cannot be told is asked for: steps of 1, 2 or 5 times a power of ten.
export function ticksBetween(low, high, about) {
  const rough = span(low, high) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

function scaleOf(form, panel) {
  return [Math.min(...panel.map((at) => form.low[at])), Math.max(...panel.map((at) => form.high[at]))];
}

function across(form, box) {
  const first = Math.min(form.along[0], form.along.at(-1));
  const last = Math.max(form.along[0], form.along.at(-1));
  return (k) => box.x + ((form.along[k] - first) / span(first, last)) * box.w;
}

// `head`: room above each panel, for its unit.
function panelBoxes(form, box, head = 0) {
  const tall = box.h / form.panels.length;
  return form.panels.map((panel, at) => ({ panel, x: box.x, y: box.y + at * tall + head, w: box.w, h: tall - head - (form.panels.length > 1 ? GAP : 0) }));
}

const headOf = (form) => (form.units.some((unit) => unit) ? scaled(14) : 0);

function strokeLines(context, values, offset, form, box, { width, ink = null, dashes = [], head = 0 }) {
  const [, k] = form.shape;
  const x = across(form, box);
  for (const part of panelBoxes(form, box, head)) {
    const [low, high] = scaleOf(form, part.panel);
    for (const channel of part.panel) {
      context.beginPath();
      for (let i = 0; i < k; i += 1) {
        const share = within((values[offset + channel * k + i] - low) / span(low, high));
        context.lineTo(x(i), part.y + part.h * (1 - share));
      }
      context.strokeStyle = ink ?? form.inks[channel];
      context.lineWidth = width;
      context.setLineDash(dashes);
      context.stroke();
    }
  }
  context.setLineDash([]);
}

function fillBars(context, values, offset, form, box, asMarks = false) {
  const [, k] = form.shape;
  const slot = box.w / k;
  context.fillStyle = asMarks ? colour("--ink") : form.inks[0];
  for (let i = 0; i < k; i += 1) {
    const share = Math.min(1, Math.max(0, (values[offset + i] - form.low[i]) / span(form.low[i], form.high[i])));
    const tall = Math.max(1, share * box.h);
    context.fillRect(box.x + i * slot, box.y + box.h - tall, Math.max(0.8, 0.8 * slot), asMarks ? 1.5 : tall);
  }
}

// As much of a text as there is room for; what is left out a hand can ask for.
export function fillFitted(context, text, x, y, room) {
  let shown = text;
  while (shown.length > 1 && context.measureText(shown).width > room) shown = `${shown.slice(0, shown.endsWith("…") ? -2 : -1)}…`;
  context.fillText(shown, x, y);
}

// A small plot without words, for strips and grids.
export function paintTile(context, values, form, index, x, y, w, h) {
  const box = { x: x + 2, y: y + 2, w: w - 4, h: h - 4 };
  const offset = index * form.shape[0] * form.shape[1];
  if (form.kind === "bars") fillBars(context, values, offset, form, box);
  else strokeLines(context, values, offset, form, box, { width: 1.5 });
}

// ---- a plot with its axes ----

// `layers`: [{ values, index, faint }], painted one over the other; of bars the faint one is a mark across.
export function paintPlot(context, layers, form, w, h) {
  context.clearRect(0, 0, w, h);
  context.font = `${scaled(12)}px ${FONT}`;
  context.textBaseline = "middle";
  return form.kind === "bars" ? paintBars(context, layers, form, w, h) : paintLines(context, layers, form, w, h);
}

function paintLines(context, layers, form, w, h) {
  const box = lineBox(form, w, h);
  if (isSmall(w)) {
    layers.forEach(({ values, index = 0 }) => strokeLines(context, values, index * form.shape[0] * form.shape[1], form, box, { width: 1.5 }));
    return;
  }
  context.fillStyle = colour("--quiet");
  context.strokeStyle = colour("--line");
  context.lineWidth = 1;
  const above = headOf(form);
  for (const part of panelBoxes(form, box, above)) {
    const [low, high] = scaleOf(form, part.panel);
    context.textAlign = "right";
    for (const tick of ticksBetween(low, high, Math.max(1, Math.min(5, part.h / scaled(28))))) {
      const y = part.y + part.h * (1 - (tick - low) / span(low, high));
      context.fillText(short(tick), box.x - 5, y);
      context.beginPath();
      context.moveTo(box.x, y);
      context.lineTo(box.x + box.w, y);
      context.stroke();
    }
    const unit = form.units[part.panel[0]];
    if (unit) {
      context.textAlign = "left";
      fillFitted(context, unit, 3, part.y - scaled(8), box.w);
    }
  }
  const first = Math.min(form.along[0], form.along.at(-1));
  const last = Math.max(form.along[0], form.along.at(-1));
  const below = box.y + box.h + scaled(9);
  context.textAlign = "center";
  for (const tick of ticksBetween(first, last, box.w / scaled(64))) context.fillText(short(tick), box.x + ((tick - first) / span(first, last)) * box.w, below);
  context.fillText(withUnit(form.axis, form.axis_unit && `(${form.axis_unit})`), box.x + box.w / 2, below + scaled(14));
  if (namesFit(form, box.w)) paintNames(context, form, box.x, below + scaled(29), box.w);
  const { length } = layers;
  layers.forEach(({ values, index = 0, faint }) => {
    const dashes = faint && length > 1 && form.names.length > 1 ? [3, 2] : [];
    strokeLines(context, values, index * form.shape[0] * form.shape[1], form, box, { head: above, width: faint ? 1.2 : 1.6, ink: faint && form.names.length === 1 ? colour("--quiet") : undefined, dashes });
  });
}

// Where the lines are: room for numbers at the left, for numbers, the axis and, of several, the names below.
const lineBox = (form, w, h) => (isSmall(w) ? { x: 4, y: 4, w: w - 8, h: h - 8 } : { x: scaled(46), y: 8, w: w - scaled(46) - 12, h: h - scaled(namesFit(form, w - scaled(46) - 12) ? 52 : 38) });

// Numbers would leave no room for the lines.
const isSmall = (w) => w < scaled(120);

// Of many channels the one under the pointer is named instead.
const namesFit = (form, w) => form.names.length > 1 && w / form.names.length >= scaled(18 + 6.5 * Math.min(12, Math.max(...form.names.map((name) => name.length))));

function paintNames(context, form, x, y, w) {
  const slot = w / form.names.length;
  context.textAlign = "left";
  form.names.forEach((name, at) => {
    context.fillStyle = form.inks[at];
    context.fillRect(x + at * slot, y - 1.5, 8, 3);
    context.fillStyle = colour("--quiet");
    fillFitted(context, name, x + at * slot + 11, y, slot - 14);
  });
}

// Too many for names stand upright, as they do in the strips.
const uprightBox = (w, h) => ({ x: 8, y: 8, w: w - 16, h: h - 30 });

const barsAreNamed = (form, h) => form.kind === "bars" && h / form.shape[1] >= scaled(ROW);

function paintBars(context, layers, form, w, h) {
  const [, k] = form.shape;
  if (!barsAreNamed(form, h)) {
    for (const { values, index = 0, faint } of layers) fillBars(context, values, index * k, form, uprightBox(w, h), faint);
    return;
  }
  const left = Math.min(0.42 * w, Math.max(...form.names.map((name) => context.measureText(name).width)) + 10);
  const right = scaled(66);
  const slot = Math.min(scaled(22), h / k);
  const box = { x: left, w: w - left - right };
  for (let i = 0; i < k; i += 1) {
    const y = i * slot;
    const scale = (value) => Math.min(1, Math.max(0, (value - form.low[i]) / span(form.low[i], form.high[i]))) * box.w;
    context.fillStyle = colour("--line");
    context.fillRect(box.x, y + slot - 1, box.w, 1);
    for (const { values, index = 0, faint } of layers) {
      const value = values[index * k + i];
      context.fillStyle = faint ? colour("--ink") : form.inks[0];
      if (faint) context.fillRect(box.x + scale(value) - 1, y + 1, 2, slot - 3);
      else context.fillRect(box.x, y + 0.2 * slot, Math.max(1, scale(value)), 0.6 * slot);
      if (faint) continue;
      context.fillStyle = colour("--ink");
      context.textAlign = "left";
      fillFitted(context, withUnit(short(value), form.units[i]), box.x + box.w + 5, y + slot / 2, right - 6);
    }
    context.fillStyle = colour("--quiet");
    context.textAlign = "right";
    fillFitted(context, form.names[i], left - 6, y + slot / 2, left - 8);
  }
}

// What lies under a place of a plot, in words.
export function readPlot(form, values, index, x, y, w, h) {
  const [c, k] = form.shape;
  const offset = index * c * k;
  if (form.kind === "bars") {
    const box = uprightBox(w, h);
    const i = Math.floor(barsAreNamed(form, h) ? y / Math.min(scaled(22), h / k) : ((x - box.x) / box.w) * k);
    return i < 0 || i >= k ? "" : `${form.names[i]}: ${withUnit(short(values[offset + i]), form.units[i])}`;
  }
  const at = across(form, lineBox(form, w, h));
  let near = 0;
  for (let i = 1; i < k; i += 1) if (Math.abs(at(i) - x) < Math.abs(at(near) - x)) near = i;
  const place = withUnit(`${form.axis} ${short(form.along[near])}`, form.axis_unit);
  const box = lineBox(form, w, h);
  const heights = panelBoxes(form, box, headOf(form)).flatMap((part) => {
    const [low, high] = scaleOf(form, part.panel);
    return part.panel.map((channel) => [channel, part.y + part.h * (1 - (values[offset + channel * k + near] - low) / span(low, high))]);
  });
  const [[nearest]] = heights.toSorted((one, other) => Math.abs(one[1] - y) - Math.abs(other[1] - y));
  if (!namesFit(form, box.w) && form.names.length > 1) return `${form.names[nearest]}, ${place}: ${withUnit(short(values[offset + nearest * k + near]), form.units[nearest])}`;
  const told = form.names.map((name, channel) => `${form.names.length > 1 ? `${name} ` : ""}${withUnit(short(values[offset + channel * k + near]), form.units[channel])}`);
  return `${place}: ${told.join(", ")}`;
}

// In words for who cannot see it: a row value by value, a line by its ends and extremes.
export function tellPlot(form, values, index) {
  const [c, k] = form.shape;
  const offset = index * c * k;
  if (form.kind === "bars") return form.names.slice(0, 30).map((name, i) => `${name} ${withUnit(short(values[offset + i]), form.units[i])}`).join(", ");
  return form.names.map((name, channel) => {
    const row = values.subarray(offset + channel * k, offset + (channel + 1) * k);
    return `${name} from ${short(Math.min(...row))} to ${withUnit(short(Math.max(...row)), form.units[channel])}`;
  }).join("; ");
}
