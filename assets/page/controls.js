// The page's controls and the store: what a person chooses goes in, what is so comes out.
import { withVisitorId, getJSON, postJSON } from "../core/api.js";
import { layBase } from "../point/base.js";
import { fromQuery, toQuery } from "../core/address.js";
import { redo, undo } from "../core/history.js";
import { showCard } from "./model_card.js";
import { paintComputedMaps } from "./computed_maps.js";
import { showHelp } from "./help.js";
import { busyWhile } from "../core/busy.js";
import { zoomTo, zoomToAll } from "../map/frame.js";
import { addMap, describeMap, isUsual, onMapList, titleOf } from "../map/map_list.js";
import { notDrawn } from "../map/map_request.js";
import { tell, tellError } from "../core/notice.js";
import * as numbers from "../draw/numbers.js";
import { placeOnMap } from "../map/overlay.js";
import { element } from "../core/element.js";
import { onRestored, restore } from "./restore.js";
import { questions } from "../core/revision.js";
import { goTo, priorMean, randomPoint, unlockAll } from "../point/sliders.js";
import { isDeep as isDeepMap } from "../map/surface.js";
import { goToLastItem } from "../item/to_item.js";
import { current, state, subscribe, update } from "../core/store.js";
import { onNames, titleOf as nameOfDimension, titleOfColumn } from "../point/names.js";
import * as takeAway from "./takeaway.js";
import { SELECTION } from "../map/selection_query.js";

const set = (id, props) => window.dash_clientside.set_props(id, props);
const view = (changes) => update({ view: { ...state.view, ...changes } });

export function toggle(name) {
  const FLAT = { manifold: "The decoded grid", shade: "The shade" };
  if (FLAT[name] && !state.view[name] && isDeepMap()) {
    tell(`${FLAT[name]} needs a flat map: empty space in depth stands for no latent point.`);
    return;
  }
  view({ [name]: !state.view[name] });
}

const handlers = {
  space: (id) => (id && id !== state.space ? busyWhile(document.getElementById("explore"), openOther(id)) : undefined),
  projection: (id) => {
    if (!id || !current.info || id === method()) return;
    if (id === "z") chooseAxes(current.info.order[0], current.info.order[1] ?? 0);
    else if (!computeSmall(id)) update({ projection: id, spot: null }, { commit: true });
  },
  "axis-x": (axis) => { if (axis !== null && axes()[0] !== Number(axis)) chooseAxes(Number(axis), axes()[1]); },
  "axis-y": (axis) => { if (axis !== null && axes()[1] !== Number(axis)) chooseAxes(axes()[0], Number(axis)); },
  "color-by": (name) => { if (name && name !== state.color) update({ color: name, selection: null }, { commit: true }); },
  "point-size": (size) => { if (current.info && size !== (state.view.pointSize ?? 5)) view({ pointSize: size }); },
  "point-opacity": (share) => { if (current.info && share !== (state.view.pointOpacity ?? 0.75)) view({ pointOpacity: share }); },
  units: (units) => { if (units !== (state.view.units ?? "raw")) view({ units: units === "sigma" ? units : undefined }); },
  "new-method": (chosen) => {
    document.getElementById("new-tsne").hidden = chosen !== "tsne";
    document.getElementById("new-umap").hidden = chosen !== "umap";
    wanted.method = chosen;
    offerStart();
  },
  "new-dimensions": (dimensions) => { wanted.dimensions = dimensions; offerStart(); },
  compute: (values) => busyWhile(document.getElementById("compute"), compute(...values)),
  "to-item": goToLastItem,
  "to-prior-mean": () => { if (current.info) goTo(priorMean()); },
  "to-random": () => { if (current.info) goTo(randomPoint()); },
  unlock: unlockAll,
  undo,
  redo,
  help: showHelp,
  "model-card": showCard,
  link: copyLink,
  "map-error": (sentence) => { if (sentence) { notDrawn(); tell(sentence, "error"); } },
  "take-picture": takeAway.picture,
  "take-values": takeAway.values,
  "take-point": takeAway.point,
  "take-map": takeAway.map,
  "take-table": takeAway.table,
  "take-latents": takeAway.latents,
  "take-strip": takeAway.strip,
};

// Called by Dash with the name of a control and its values.
export function onControlChange(name, values) {
  const several = name === "compute";
  Promise.resolve(handlers[name]?.(several ? values : values[0])).catch(tellError);
  // A choice made is made: the next key is for the page.
  const { activeElement: at } = document;
  if (at instanceof HTMLElement && at.id === name) at.blur();
}

const spaces = questions("space");
async function openOther(id) {
  const arrives = spaces();
  document.body.dataset.loading = "true";
  try {
    await goToOther(id, arrives);
  } finally {
    if (arrives()) delete document.body.dataset.loading;
  }
}

async function goToOther(id, arrives) {
  const kept = new URLSearchParams({ space: id, page: state.page, projection: state.projection.startsWith("z:") ? "pca" : state.projection });
  // Another model of the same data: the same item in the same colours.
  const twin = await getJSON(`spaces/${id}/same?space=${state.space}&item=${state.item ?? ""}`);
  if (!arrives()) return;
  if (twin.same && state.color && !/^z\d+$|^:/.test(state.color)) kept.set("color", state.color);
  if (twin.index !== null) kept.set("item", twin.index);
  if (await restore(fromQuery(kept.toString()))) update({}, { commit: true });
}

const axes = () => (state.projection.startsWith("z:") ? state.projection.slice(2).split(",").map(Number) : [0, 1]);
const method = () => (state.projection.startsWith("z:") ? "z" : state.projection);

function chooseAxes(x, y) {
  // The same dimension twice is no map; the other axis gives way.
  const [before] = axes();
  const other = x === y ? (before !== x ? before : current.info.order.find((j) => j !== x)) : y;
  if (other === undefined) return tell("A raw map needs two latent dimensions.", "error");
  update({ projection: `z:${x},${other}`, spot: null }, { commit: true });
  return mirror();
}

// Sets too small for the usual parameters get the largest that will do.
function computeSmall(id) {
  const { count } = current.info;
  const parameters = { tsne: ["perplexity", 30, Math.floor((count - 1) / 3)], umap: ["neighbours", 15, count] }[id.split("-")[0]];
  if (!parameters || !/^(tsne|umap)(-3d)?$/.test(id)) return false;
  const [name, usual, most] = parameters;
  if (most >= usual || most < (name === "perplexity" ? 1 : 5)) return false;
  tell(`${count} items are few: computed with ${most} for the ${NUMBERS[name]}.`);
  order({ method: id.split("-")[0], dimensions: id.endsWith("3d") ? 3 : 2, [name]: most }).catch(tellError);
  return true;
}

const NUMBERS = { perplexity: "perplexity", neighbours: "number of neighbours", min_dist: "minimal distance", seed: "seed" };

// A map goes on from the one on show where both are made in the same way: then it ends as good, and the picture stays alike.
const wanted = { method: "tsne", dimensions: "2" };
const isDeep = (id) => /-3d$/.test(id) || current.info.axes[id] === 3;
const canStart = () => state.projection.startsWith(wanted.method) && isDeep(state.projection) === (wanted.dimensions === "3");
const offerStart = () => { if (current.info) set("new-start", { disabled: !canStart() }); };

async function compute(chosen, dimensions, perplexity, neighbours, distance, seed, start) {
  const asked = chosen === "tsne" ? { perplexity, seed } : { neighbours, min_dist: distance, seed };
  const parameters = { method: chosen, dimensions: Number(dimensions) };
  for (const [name, value] of Object.entries(asked)) {
    // An empty field is no zero.
    if (value === null || String(value).trim() === "" || !Number.isFinite(Number(value))) {
      return tell(`The ${NUMBERS[name]} must be a number; please type one.`, "error");
    }
    parameters[name] = Number(value);
  }
  if (start && canStart()) parameters.start = state.projection;
  await order(parameters);
  document.getElementById("settings").click();
  return undefined;
}

const maps = questions("projection", "space");
async function order(parameters) {
  const { info } = current;
  const arrives = maps();
  const report = await postJSON(withVisitorId(`spaces/${info.id}/projections`), parameters);
  if (info !== current.info) return;
  describeMap(report.id, report);
  addMap(report.id);
  if (arrives()) update({ projection: report.id, spot: null }, { commit: true });
}

function projectionChoices() {
  const label = (id) => ({ value: id, label: titleOf(id) });
  const flat = ["pca", "tsne", "umap"].map(label);
  const deep = current.info.latent_dim > 2 ? ["pca-3d", "tsne-3d", "umap-3d"].map(label) : [];
  const others = [...new Set([...current.info.projections, method()])].filter((id) => !isUsual(id) && id !== "z").map(label);
  const groups = [{ group: "Maps", items: current.info.latent_dim > 1 ? [...flat, { value: "z", label: "Raw pair" }] : flat }];
  if (deep.length) groups.push({ group: "In depth", items: deep });
  if (others.length) groups.push({ group: "Computed", items: others });
  return groups;
}

function colourChoices() {
  const items = (test) => current.info.columns.filter((column) => column.colours && test(column)).map(({ name, title }) => ({ value: name, label: titleOfColumn(name, title) }));
  const of = (name) => items(({ group }) => group === name);
  const groups = [
    { group: "Table", items: of("table") },
    { group: "Figures", items: of("figure") },
    { group: "This map", items: [...of("map"), ...(state.chosen ? [{ value: SELECTION, label: "selected or not" }] : [])] },
    { group: "Measured on the items", items: of("measured") },
    { group: "Latent dimensions", items: of("latent") },
  ];
  return groups.filter((group) => group.items.length);
}

// Shows the store's state in the controls.
function mirror() {
  if (!current.info) return;
  const raw = state.projection.startsWith("z:");
  set("space", { value: state.space });
  set("projection", { data: projectionChoices(), value: method(), w: isUsual(method()) || raw ? 112 : 210 });
  document.getElementById("projection").title = titleOf(method()); // a long name is cut
  set("color-by", { data: colourChoices(), value: state.color });
  // The name stands apart: the box has room for the number, and would cut the point between them in half.
  const dimensions = current.info.order.map((j) => ({ value: String(j), label: nameOfDimension(j).replace(" · ", "\u2003") }));
  set("axis-x", { data: dimensions, value: raw ? String(axes()[0]) : null });
  set("axis-y", { data: dimensions, value: raw ? String(axes()[1]) : null });
  document.getElementById("axes").hidden = !raw;
  offerStart();
  paintComputedMaps();
  set("units", { value: state.view.units ?? "raw" });
  if (state.view.pointSize !== undefined) set("point-size", { value: state.view.pointSize });
  if (state.view.pointOpacity !== undefined) set("point-opacity", { value: state.view.pointOpacity });
  const { count, latent_dim: d, picture: { kind, shape } } = current.info;
  const size = kind === "image" ? ` · ${shape[1]} × ${shape[0]}` : ` · ${shape[0] > 1 ? `${shape[0]} × ` : ""}${shape[1]} value${shape[0] * shape[1] > 1 ? "s" : ""}`;
  const { left_out: left, left_out_count: gone } = current.info;
  const facts = document.getElementById("space-facts");
  facts.textContent = `${numbers.count(count)} items${gone ? ` (${numbers.count(gone)} left out)` : ""} · ${numbers.count(d)} latent dimension${d > 1 ? "s" : ""}${size}`;
  facts.title = gone ? `Left out, because the model gives latent values that are not finite for them: ${left.join(", ")}${gone > left.length ? " …" : ""}` : "";
  for (const button of document.querySelectorAll("#map-tools [data-toggle]")) {
    button.setAttribute("aria-pressed", String(Boolean(state.view[button.dataset.toggle])));
  }
}

export function layTools() {
  const tool = (text, title, attributes) => element("button", { className: "tool", title, "aria-label": title, ...attributes }, text);
  document.getElementById("map-tools").append(
    tool("Grid", "Decoded pictures over the map (G)", { "data-toggle": "manifold", "aria-pressed": "false", onclick: () => toggle("manifold") }),
    tool("Trust", "Shade the regions whose pictures cannot be trusted (T)", { "data-toggle": "shade", "aria-pressed": "false", onclick: () => toggle("shade") }),
    tool("Links", "Lines from the point on show to its nearest items in latent space (N)", { "data-toggle": "links", "aria-pressed": "false", onclick: () => toggle("links") }),
    tool("Lens", "The picture follows the pointer (hold L, or switch on)", { "data-toggle": "lens", "aria-pressed": "false", onclick: () => toggle("lens") }),
  );
  const zoom = element("div", { id: "map-view" });
  zoom.append(
    tool("Here", "Zoom to the point on show (H)", { onclick: () => zoomTo(placeOnMap()) }),
    tool("All", "Show the whole map (A)", { onclick: zoomToAll }),
  );
  layBase(zoom);
  document.getElementById("map-top").append(zoom);
}

async function copyLink() {
  const address = `${location.origin}${location.pathname}?${toQuery()}`;
  try {
    await navigator.clipboard.writeText(address);
    tell("The link is copied.");
  } catch {
    tell(`Copy it from the address bar: ${address}`);
  }
}

subscribe((changed) => {
  if (["view", "projection", "color", "space", "chosen"].some((name) => changed.has(name))) mirror();
});
onNames(mirror);
onMapList(mirror);
onRestored(mirror);
