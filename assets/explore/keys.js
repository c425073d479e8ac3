// Keys, and the page that lists them.
import { showCard } from "./card.js";
import { toggle } from "./controls.js";
import { redo, undo } from "./history.js";
import { stepThroughNeighbours } from "./items.js";
import { zoomTo, zoomToAll } from "./frame.js";
import { decodeExactlyHere, holdLens } from "./map.js";
import { placeOnMap } from "./overlay.js";
import { element } from "./picture.js";
import { pin } from "./pins.js";
import { toggleInterpret } from "../interpret/pages.js";
import { goTo, priorMean, randomPoint } from "./sliders.js";
import { current } from "./store.js";

const KEYS = [
  ["click", "a point: the item; an empty spot: what the decoder makes of it"],
  ["E  or  Alt + click", "decode exactly under the pointer, even over a point"],
  ["L (hold)", "lens: the picture follows the pointer over the map"],
  ["← →", "step through the nearest items"],
  ["← → on a slider", "move it by one picture; Page Up / Down by four; Home, End"],
  ["double-click on a slider", "back to the data's mean in this dimension"],
  ["G", "decoded pictures over the map"],
  ["N", "lines to the nearest items in latent space"],
  ["T", "shade what is not to be believed"],
  ["H,  A", "zoom to the point on show, to the whole map"],
  ["0,  R", "prior mean, random draw"],
  ["Shift + A,  Shift + B", "pin the point on show as A or B"],
  ["/", "find an item"],
  ["Ctrl + Z,  Ctrl + Shift + Z", "undo, redo where you were"],
  ["I", "Interpret: what the space means, beside the map; again: back to Explore"],
  ["← →,  Enter  on a histogram", "from bar to bar; show the items of one"],
  ["← → ↑ ↓,  Enter  on a heat map", "from cell to cell; show what one tells. Home, End: the ends of a row"],
  ["F2, or double-click, on a name", "name a latent dimension; an empty name takes yours back"],
  ["M", "model card: how the model is understood, and whether it is well"],
  ["?", "this list"],
];

let dialog = null;

export function showHelp() {
  if (!dialog) {
    const lines = KEYS.flatMap(([keys, what]) => [element("dt", {}, keys), element("dd", {}, what)]);
    dialog = element(
      "dialog",
      { id: "help-dialog", "aria-label": "Keys and help", onclick: (event) => { if (event.target === dialog) dialog.close(); } },
      element("h2", {}, "Keys"),
      element("dl", {}, ...lines),
      element("h2", {}, "What the figures mean"),
      element("p", {}, "Rate: how many nats the encoder spends on an item, KL(q(z|x) ‖ p(z)). Distortion: what is lost, −log p(x|z) in nats, averaged over posterior samples; for continuous pixels a density, so it can be negative. Trust: how near a latent point lies to encoded items, from 1 (as near as items lie to each other) to 0 (nothing like it was ever encoded)."),
      element("p", {}, "Drop a picture file anywhere on the page to see what the model makes of it."),
      element("form", { method: "dialog" }, element("button", { className: "plain", autofocus: true }, "Close")),
    );
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
}

const typing = (target) => target.closest?.("input:not([readonly], [type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable], [role=listbox], #find");

const plain = {
  e: decodeExactlyHere,
  g: () => toggle("manifold"),
  i: toggleInterpret,
  m: showCard,
  n: () => toggle("links"),
  t: () => toggle("shade"),
  h: () => zoomTo(placeOnMap()),
  a: zoomToAll,
  0: () => goTo(priorMean()),
  r: () => goTo(randomPoint()),
  "/": () => document.getElementById("find").focus(),
  "?": showHelp,
  ArrowRight: () => stepThroughNeighbours(1),
  ArrowLeft: () => stepThroughNeighbours(-1),
};

function pressed(event) {
  const control = event.ctrlKey || event.metaKey;
  // A list uses letters and arrows, but nothing of what is pressed with Control.
  if ((typing(event.target) && !(control && event.target.closest("#gallery"))) || document.querySelector("dialog[open]") || !current.info) return;
  const key = event.key.toLowerCase();
  if (control && key === "z") {
    event.preventDefault();
    (event.shiftKey ? redo : undo)();
  } else if (control && key === "y") {
    event.preventDefault();
    redo();
  } else if (control || event.altKey) {
    return;
  } else if (key === "l") {
    if (!event.repeat) holdLens(true);
  } else if (event.shiftKey && (key === "a" || key === "b")) {
    pin(key);
  } else {
    // Arrows belong to whatever has the focus, if it uses them.
    const action = plain[event.key.length === 1 ? key : event.key];
    if (!action || (event.key.startsWith("Arrow") && event.target.closest("[role=slider], [role=radiogroup], [role=menu], [role=tablist]"))) return;
    event.preventDefault();
    action();
  }
}

export function connectKeys() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("keyup", (event) => { if (event.key.toLowerCase() === "l") holdLens(false); });
  window.addEventListener("blur", () => holdLens(false));
}
