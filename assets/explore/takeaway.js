// Whatever is on show can be downloaded.
import { url } from "./api.js";
import { bigMapCanvas } from "./big_map.js";
import { placedAnnotations } from "./class_names.js";
import { decodedCanvas, decodedValues } from "./decoded.js";
import { lineStrip } from "./line.js";
import { plotElement } from "./map.js";
import { tell } from "./notice.js";
import { element, isDark } from "./picture.js";
import { paintHere } from "./overlay.js";
import { current, state } from "./store.js";

function save(href, name) {
  const link = element("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

const name = (what, ending) => `${state.space}-${what}.${ending}`;

function saveBlob(blob, file) {
  const address = URL.createObjectURL(blob);
  save(address, file);
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

const saveCanvas = (canvas, file) => new Promise((resolve) => { canvas.toBlob((blob) => { saveBlob(blob, file); resolve(); }, "image/png"); });

export const picture = () => saveCanvas(decodedCanvas(), name("decoded", "png"));

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
  saveBlob(new Blob([`${lines.map((line) => line.join(",")).join("\n")}\n`], { type: "text/csv" }), name("decoded", "csv"));
}

export function point() {
  if (!state.z) return;
  const content = { space: state.space, item: state.item, z: Array.from(state.z), projection: state.projection, spot: state.spot };
  saveBlob(new Blob([`${JSON.stringify(content, null, 2)}\n`], { type: "application/json" }), name("point", "json"));
}

// The plot and what lies over it, on the page's ground.
export async function map() {
  const plot = plotElement();
  const { clientWidth: width, clientHeight: height } = plot;
  const scale = 2;
  const drawn = new Image();
  drawn.src = await window.Plotly.toImage({ data: plot.data, layout: { ...plot.layout, annotations: placedAnnotations() } }, { format: "png", width, height, scale });
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
  await saveCanvas(canvas, name(`map-${state.projection.replace(/[:,]/g, "-")}`, "png"));
}

const query = () => `?projection=${encodeURIComponent(state.projection)}`;
export const table = () => save(url(`spaces/${state.space}/table.csv${query()}`), "");
export const latents = () => save(url(`spaces/${state.space}/latents.npz${query()}`), "");

export async function strip() {
  const line = lineStrip();
  if (!line) return tell("Pin two points as A and B first.", "error");
  const [h, w] = line.shape;
  const canvas = element("canvas", { width: w * line.count, height: h });
  const context = canvas.getContext("2d");
  for (let i = 0; i < line.count; i += 1) context.drawImage(line.picture, 0, i * h, w, h, i * w, 0, w, h);
  return saveCanvas(canvas, name("a-to-b", "png"));
}
