// Going to an item, and stepping through its neighbours.
import { getJSON } from "../core/api.js";
import { setAnchor } from "../core/address.js";
import { nearestItems } from "./nearest.js";
import { tellError } from "../core/notice.js";
import { setOut } from "../core/revision.js";
import { state } from "../core/store.js";
import { goTo } from "../point/sliders.js";

let trail = null; // the neighbours arrows step through, and where they stand

export async function goToItem(index, keepTrail = false) {
  const space = state.space;
  const arrives = setOut();
  try {
    const item = await getJSON(`spaces/${space}/items/${index}`);
    if (!arrives()) return;
    if (!keepTrail) trail = null;
    setAnchor({ space, index, z: Float32Array.from(item.z) });
    goTo(item.z, { item: index });
  } catch (error) {
    if (arrives()) tellError(error);
  }
}

export function stepThroughNeighbours(by) {
  if (!trail) {
    const items = nearestItems().map((item) => item.index);
    if (!items.length) return;
    trail = { items: state.item === null ? items : [state.item, ...items], at: state.item === null ? -1 : 0 };
  }
  trail.at = (trail.at + by + trail.items.length) % trail.items.length;
  goToItem(trail.items[trail.at], true);
}
