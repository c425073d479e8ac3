// Whatever is on show can be downloaded.
import { url } from "../core/api.js";
import { bigMapCanvas } from "../map/raster.js";
import { placedAnnotations } from "../map/class_names.js";
import { decodedCanvas, decodedValues } from "../point/decoded.js";
import { lineStrip } from "../point/line.js";
import { pictureOf, size } from "../map/surface.js";
import { tell } from "../core/notice.js";
import { element } from "../core/element.js";
import { isDark } from "../draw/picture.js";
import { paintHere } from "../map/overlay.js";
import { current, state } from "../core/store.js";

function save(href, name) {
  const link = element("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

const fileName = (what, ending) => `${state.space}-${what}.${ending}`;

function saveBlob(blob, file) {
  const address = URL.createObjectURL(blob);
  save(address, file);
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

async function saveCanvas(canvas, file) {
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  saveBlob(blob, file);
}

export const picture = () => saveCanvas(decodedCanvas(), fileName("decoded", "png"));

// Of a vector or a series: one row a value, with what it is called and measured in.
export function values() {
  const shown = decodedValues();
  if (!shown) return;
  const { shape: [c, k], names, units, along, axis, axis_unit: axisUnit } = current.info.picture;
  const cell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const headed = (name, unit) => cell(unit ? `${name} (${unit})` : name);
  const at = (channel, i) => shown.values[(shown.index * c + channel) * k + i];
  const lines = along
    ? [[headed(axis, axisUnit), ...names.map((name, channel) => headed(name, units[channel]))], ...along.map((place, i) => [place, ...names.map((_, channel) => at(channel, i))])]
    : [["name", "value", "unit"], ...names.map((name, i) => [cell(name), at(0, i), cell(units[i])])];
  saveBlob(new Blob([`${lines.map((line) => line.join(",")).join("\n")}\n`], { type: "text/csv" }), fileName("decoded", "csv"));
}

export function point() {
  if (!state.z) return;
  const content = { space: state.space, item: state.item, z: Array.from(state.z), projection: state.projection, spot: state.spot };
  saveBlob(new Blob([`${JSON.stringify(content, null, 2)}\n`], { type: "application/json" }), fileName("point", "json"));
}

// The plot and what lies over it, on the page's ground.
export async function map() {
  const [width, height] = size();
  const scale = 2;
  const drawn = new Image();
  drawn.src = await pictureOf(placedAnnotations(), scale);
  await drawn.decode();
  const canvas = element("canvas", { width: width * scale, height: height * scale });
  const context = canvas.getContext("2d");
  context.fillStyle = isDark() ? "#1a1b1e" : "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  if (bigMapCanvas()) context.drawImage(bigMapCanvas(), 0, 0, canvas.width, canvas.height);
  context.drawImage(document.getElementById("underlay"), 0, 0, canvas.width, canvas.height);
  context.drawImage(drawn, 0, 0, canvas.width, canvas.height);
  context.drawImage(document.getElementById("overlay"), 0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  paintHere(context);
  await saveCanvas(canvas, fileName(`map-${state.projection.replace(/[:,]/g, "-")}`, "png"));
}

const query = () => `?projection=${encodeURIComponent(state.projection)}`;
export const table = () => save(url(`spaces/${state.space}/table.csv${query()}`), "");
export const latents = () => save(url(`spaces/${state.space}/latents.npz${query()}`), "");

export async function strip() {
  const line = lineStrip();
  if (!line) {
    tell("Set two points as A and B first.", "error");
    return;
  }
  const [h, w] = line.shape;
  const canvas = element("canvas", { width: w * line.count, height: h });
  const context = canvas.getContext("2d");
  for (let i = 0; i < line.count; i += 1) context.drawImage(line.picture, 0, i * h, w, h, i * w, 0, w, h);
  await saveCanvas(canvas, fileName("a-to-b", "png"));
}
