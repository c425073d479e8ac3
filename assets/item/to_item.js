// The button that leads back to the item on show last, or to a picture of one's own.
import { anchorOf } from "../core/address.js";
import { goTo } from "../point/sliders.js";
import { state, subscribe } from "../core/store.js";

let last = null; // { space, index, z }
const enable = (on) => window.dash_clientside.set_props("to-item", { disabled: !on });

export function rememberItem(index, z) {
  last = { space: state.space, index, z };
  enable(true);
}

export function goToLastItem() {
  if (last && last.space === state.space) goTo(last.z, { item: last.index });
}

subscribe((changed) => {
  const anchor = state.item === null ? null : anchorOf(state.item);
  if (changed.has("item") && anchor) rememberItem(state.item, anchor.z);
  if (changed.has("space")) enable(state.item !== null);
});
