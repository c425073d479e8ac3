// The card of the item under the pointer: its thumbnail at once, its row as soon as it comes.
import { getJSON, newest, url } from "./api.js";
import { tellError } from "./notice.js";
import { tidy } from "./numbers.js";
import { element } from "./picture.js";
import { current, state } from "./store.js";

let shown = null; // index of the item
export const hovered = () => shown;

const card = () => document.getElementById("hover-card");

const loadRow = newest(
  ({ space, index }) => getJSON(`spaces/${space}/items/${index}`),
  (item, asked) => {
    if (shown !== asked.index || asked.space !== state.space) return;
    const lines = Object.entries(item.row).slice(0, 6);
    card().querySelector("dl").replaceChildren(
      ...lines.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, tidy(value))]),
      ...(current.info.can.variance ? [element("dt", {}, "rate"), element("dd", {}, `${tidy(item.rate)} nats`)] : []),
    );
  },
  tellError,
);

// `at`: the event or place of the pointer; Plotly's hover in depth comes without one.
export function hover(index, at) {
  if (index === null) return hideCard();
  if (index === shown) return undefined;
  shown = index;
  const image = element("img", { src: url(`spaces/${state.space}/items/${index}.png`), alt: `Item ${index}` });
  card().replaceChildren(image, element("div", {}, element("strong", {}, `Item ${index}`), element("dl", {})));
  card().hidden = false;
  const box = card().parentElement.getBoundingClientRect();
  const x = (at?.clientX ?? at?.x ?? box.left) - box.left;
  const y = (at?.clientY ?? at?.y ?? box.top) - box.top;
  const { offsetWidth: w, offsetHeight: h } = card();
  card().style.left = `${x + 16 + w > box.width ? x - w - 12 : x + 16}px`;
  card().style.top = `${Math.max(4, Math.min(y - 20, box.height - h - 4))}px`;
  loadRow({ space: state.space, index });
  return undefined;
}

export function hideCard() {
  shown = null;
  if (card()) card().hidden = true;
}
