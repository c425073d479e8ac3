// The card of the item under the pointer: its picture at once, its row as soon as it comes.
import { getJSON, latestOnly, url } from "../core/api.js";
import { tellError } from "../core/notice.js";
import { tidy } from "../draw/numbers.js";
import { element } from "../core/element.js";
import { current, state } from "../core/store.js";

const GAP = 14; // pixels between the point and its card
const RIM = 4; // and between the card and the rim of the stage
let shown = null; // { key, index, at }: what it tells of, and where that is on the screen
export const hovered = () => shown?.index ?? null;

const card = () => document.getElementById("hover-card");

const loadRow = latestOnly(
  ["space", hovered],
  ({ space, index }) => getJSON(`spaces/${space}/items/${index}`),
  (item) => {
    const lines = Object.entries(item.row).slice(0, 6);
    card().querySelector("dl").replaceChildren(
      ...lines.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, tidy(value))]),
      ...(current.info.can.variance ? [element("dt", {}, "rate"), element("dd", {}, `${tidy(item.rate)} nats`)] : []),
    );
    place();
  },
  tellError,
);

// `at`: where the item is on the screen.
export function hover(index, at) {
  if (index === null) return hideCard();
  if (index === hovered()) return undefined;
  lay({ key: `item ${index}`, index, at }, [
    element("img", { src: url(`spaces/${state.space}/items/${index}.png`), alt: `Item ${index}` }),
    element("div", {}, element("strong", {}, `Item ${index}`), element("dl", {})),
  ]);
  loadRow({ space: state.space, index });
  return undefined;
}

// Something else than an item of the space; `content` gives the elements that tell of it.
export function hoverOther(key, at, content) {
  if (shown?.key !== key) lay({ key, index: null, at }, content());
}

function lay(about, content) {
  shown = about;
  card().replaceChildren(...content);
  card().hidden = false;
  place();
}

// Beside the point, never over it, and within the stage: on the right, else on the left, below or above.
function place() {
  const box = card().parentElement.getBoundingClientRect();
  const [x, y] = [shown.at.x - box.left, shown.at.y - box.top];
  const { offsetWidth: w, offsetHeight: h } = card();
  const [right, bottom] = [box.width - w - RIM, box.height - h - RIM];
  const within = (value, most) => Math.max(RIM, Math.min(value, most));
  const [left, top] = [
    [x + GAP, within(y - 20, bottom)], [x - GAP - w, within(y - 20, bottom)],
    [within(x - w / 2, right), y + GAP], [within(x - w / 2, right), y - GAP - h],
  ].find(([cardX, cardY]) => cardX >= RIM && cardX <= right && cardY >= RIM && cardY <= bottom) ?? [];
  if (left === undefined) {
    hideCard(); // no room for it
    return;
  }
  card().style.left = `${left}px`;
  card().style.top = `${top}px`;
}

export function hideCard() {
  shown = null;
  if (card()) card().hidden = true;
}
