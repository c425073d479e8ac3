// The maps that were computed for the space on show: gone to, or removed for good.
import { getJSON } from "./api.js";
import { mirror, titleOf } from "./controls.js";
import { lookAtJobs } from "./jobs_panel.js";
import { onMapReady } from "./map_request.js";
import { element } from "./picture.js";
import { removeButton } from "./removal.js";
import { current, state, update } from "./store.js";

let painted = null; // what the list was made of: rebuilt, a button would lose the focus

async function remove(space, id) {
  // Away from it first: what is asked about it would find nothing.
  if (state.projection === id) update({ projection: "pca", spot: null }, { commit: true });
  await getJSON(`spaces/${space}/projections/${encodeURIComponent(id)}/remove`, { method: "POST" });
  lookAtJobs();
  if (space !== state.space) return;
  current.info.projections = current.info.projections.filter((other) => other !== id);
  mirror();
}

// Those that came with the space, and those that take no work, stay.
const removable = () => current.info.projections.filter((id) => !current.info.shipped.includes(id) && !/^(pca|z:)/.test(id));

export function paintComputedMaps() {
  const list = document.getElementById("computed-maps");
  if (!list || !current.info) return;
  const { id: space } = current.info;
  const ids = removable();
  const key = [space, state.projection, ...ids].join();
  if (key === painted && list.childElementCount === ids.length) return;
  painted = key;
  list.hidden = ids.length === 0;
  list.replaceChildren(...ids.map((id) => element(
    "div",
    { className: "map-row", role: "listitem", "data-map": id },
    element("button", { className: "tool", title: `Show ${titleOf(id)}`, "aria-pressed": String(id === state.projection), onclick: () => update({ projection: id, spot: null }, { commit: true }) }, titleOf(id)),
    removeButton(titleOf(id), () => remove(space, id)),
  )));
}

export const layComputedMaps = () => onMapReady(paintComputedMaps);
