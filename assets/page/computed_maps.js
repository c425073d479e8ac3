// The maps that were computed for the space on show: gone to, or removed for good.
import { getJSON } from "../core/api.js";
import { lookAtJobs } from "../core/long_work.js";
import { computedMaps, dropMap, titleOf } from "../map/map_list.js";
import { onMapReady } from "../map/map_request.js";
import { element } from "../core/element.js";
import { removeButton } from "../draw/remove_button.js";
import { current, state, update } from "../core/store.js";

let painted = null; // what the list was made of: rebuilt, a button would lose the focus

async function remove(space, id) {
  // Away from it first: what is asked about it would find nothing.
  if (state.projection === id) update({ projection: "pca", spot: null }, { commit: true });
  await getJSON(`spaces/${space}/projections/${encodeURIComponent(id)}/remove`, { method: "POST" });
  lookAtJobs();
  if (space !== state.space) return;
  dropMap(id);
}

export function paintComputedMaps() {
  const list = document.getElementById("computed-maps");
  if (!list || !current.info) return;
  const { id: space } = current.info;
  const ids = computedMaps();
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
