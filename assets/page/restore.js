// Going where a link, the history or the menu of spaces leads.
import { getJSON } from "../core/api.js";
import { layCells } from "../point/cells.js";
import { setAnchor } from "../core/address.js";
import { correctAddress, mapBefore } from "../core/history.js";
import { wasGivenUp } from "../map/computing.js";
import { refreshLayers } from "../map/layer_places.js";
import { describeMap } from "../map/map_list.js";
import { tell, tellError } from "../core/notice.js";
import { questions, setOut } from "../core/revision.js";
import { SELECTION } from "../map/selection_query.js";
import { layRows } from "../point/sliders.js";
import { current, state, update } from "../core/store.js";

const openings = questions();
const restores = questions();

const listeners = [];
// Once the store has what was gone to.
export const onRestored = (listener) => { listeners.push(listener); };

async function openSpace(id) {
  const counts = openings();
  document.body.dataset.loading = "true";
  try {
    const info = await getJSON(`spaces/${id}`);
    return counts() ? info : null;
  } finally {
    if (counts()) delete document.body.dataset.loading;
  }
}

// Goes where a link or the history says. Whatever cannot be had is said and left out. Whether it came to that: within the space on
// show whatever is gone to meanwhile overtakes it, on the way to another one only another way does.
export async function restore({ wanted, puzzling }, { initial = false, undone = false, stepTaken = () => false } = {}) {
  const newest = restores();
  const arrives = setOut();
  const overtaken = () => !newest() || (id === state.space && (stepTaken() || !arrives()));
  const missing = [...puzzling];
  // An address without a space means the one a page begins with, also on the way back to it.
  const id = wanted.space ?? document.body.dataset.defaultSpace;
  let info = current.info;
  if (id !== state.space) {
    try {
      info = await openSpace(id);
    } catch (error) {
      if (error.status !== 404 || id === document.body.dataset.defaultSpace) throw error;
      missing.push("space");
      info = await openSpace(document.body.dataset.defaultSpace);
    }
    if (!info || overtaken()) return false;
  }
  const d = info.latent_dim;
  const fits = (point, name) => {
    if (point && point.length !== d) missing.push(name);
    return point?.length === d ? point : null;
  };
  let { item, projection, color } = wanted;
  // A spot says where on the map the latent point of its link was found; alone it would stand beside another point.
  if (wanted.spot && !wanted.z && item === null) {
    missing.push("spot");
    wanted.spot = null;
  }
  // Who asks for nothing in particular begins with an item like most others.
  const touchedNothing = item === null && !wanted.z;
  if (touchedNothing) item = info.typical_item;
  if (item !== null && item >= info.count) {
    missing.push("item");
    item = null;
  }
  // Undo leads to what was, and not into work that was cancelled since.
  if (undone && (await wasCancelled(projection, info))) projection = mapBefore();
  if (!projectionFits(projection, info) && !(await isUnderWay(projection, info))) {
    missing.push("projection");
    projection = "pca";
  }
  // An angle stands for its sine and cosine, which older links name.
  color = info.columns.find(({ parts }) => parts.includes(color))?.name ?? color;
  if (!(color === SELECTION && wanted.chosen) && !info.columns.some((column) => column.name === color && column.colours)) {
    if (color) missing.push("color");
    color = info.default_column;
  }
  let z = fits(wanted.z, "z");
  if (item !== null) {
    const about = await getJSON(`spaces/${info.id}/items/${item}`);
    if (overtaken()) return false;
    const own = Float32Array.from(about.z);
    setAnchor({ space: info.id, index: item, z: own });
    z ??= own;
    if (wanted.changes) {
      z = own.slice();
      for (const change of wanted.changes.split(",")) {
        const [j, value] = change.split(":").map(Number);
        if (Number.isInteger(j) && j >= 0 && j < d && Number.isFinite(value)) z[j] = value;
      }
    }
  }
  if (overtaken()) return false;
  z ??= Float32Array.from(info.prior.mean);
  const dimension = wanted.dimension !== null && wanted.dimension < d ? wanted.dimension : null;
  if (wanted.dimension !== dimension) missing.push("dimension");
  const within = wanted.within && info.columns.some(({ name, parts }) => [name, ...parts].includes(wanted.within.column)) ? wanted.within : null;
  if (wanted.within !== within) missing.push("part of the items");
  const pins = { a: fits(wanted.pins.a, "pin A"), b: fits(wanted.pins.b, "pin B") };
  const spot = wanted.spot && item === null ? Array.from(wanted.spot) : null;
  if (info !== current.info) {
    current.info = info;
    document.body.dataset.kind = info.kind;
    // Rows belong to the space; they must be there before the store tells of a new point.
    state.space = null;
    state.z = null;
    state.item = null;
    layRows();
    layCells();
  }
  const frame = wanted.frame ? Array.from(wanted.frame) : null;
  update({ space: info.id, projection, color, item, z, spot, pins, frame, selection: wanted.selection, page: wanted.page, dimension, within, chosen: wanted.chosen, view: wanted.view }, { initial: initial && touchedNothing });
  for (const listener of listeners) listener();
  refreshLayers().catch(tellError);
  if (missing.length || projection !== wanted.projection) correctAddress();
  if (missing.length) tell(`The link's ${missing.join(", ")} could not be used here and was left out.`, "error");
  return true;
}

// A map with parameters of its own that is being computed, or was when the server ended.
async function isUnderWay(projection, info) {
  if (!/^(tsne|umap)-[0-9a-f]{12}$/.test(projection)) return false;
  const report = await getJSON(`spaces/${info.id}/projections/${projection}`);
  describeMap(projection, report, info);
  return report.state !== "missing";
}

async function wasCancelled(projection, info) {
  if (wasGivenUp(info.id, projection)) return true;
  if (info.projections.includes(projection) || !/^(tsne|umap)/.test(projection)) return false;
  const { state: how } = await getJSON(`spaces/${info.id}/projections/${encodeURIComponent(projection)}`);
  return how === "cancelled";
}

function projectionFits(projection, info) {
  if (/^(pca|tsne|umap)$/.test(projection) || info.projections.includes(projection)) return true;
  if (/^(tsne|umap)-3d$/.test(projection)) return true;
  const pair = /^z:(\d+),(\d+)(?:,(\d+))?$/.exec(projection);
  return Boolean(pair) && pair.slice(1).filter(Boolean).every((axis, i, all) => Number(axis) < info.latent_dim && all.indexOf(axis) === i);
}
