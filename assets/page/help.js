// The page that explains every key and every sign of the others.
import { element } from "../core/element.js";

const KEYS = [
  ["click", "a point: the item; an empty spot: what the decoder makes of it"],
  ["E  or  Alt + click", "decode exactly under the pointer, even over a point"],
  ["L (hold)", "lens: the picture follows the pointer over the map"],
  ["← →", "step through the nearest items"],
  ["← → on a slider", "move it by one picture; Page Up / Down by four; Home, End"],
  ["double-click on a slider", "back to the data's mean in this dimension"],
  ["← → ↑ ↓ on the map", "move what is in view; + and − zoom; Enter decodes the spot at its centre"],
  ["← →, Enter on the legend", "from class to class; show or hide its points"],
  ["G", "decoded pictures over the map"],
  ["N", "lines to the nearest items in latent space"],
  ["T", "shade what cannot be trusted"],
  ["H,  A", "zoom to the point on show, to the whole map"],
  ["0,  R", "prior mean, random draw"],
  ["S,  B", "select items: draw round them, or a box; Shift adds, Alt subtracts, Esc leaves"],
  ["V", "invert what is selected"],
  ["Shift + A,  Shift + B", "set A or B to the point on show"],
  ["1,  2", "go to A, to B"],
  ["Space on the strip from A to B", "play it to and fro, or pause; ← →, Home, End: from picture to picture"],
  ["/", "find items; Shift + Enter selects all that are found"],
  ["Ctrl + Z,  Ctrl + Shift + Z", "undo, redo where you were"],
  ["I", "Interpret: what the space means, beside the map; again: back to Explore"],
  ["← →, Enter on a histogram", "from bar to bar; show the items of one"],
  ["← → ↑ ↓, Enter on a heat map", "from cell to cell; show what one tells. Home, End: the ends of a row"],
  ["F2, or double-click, on a name", "name a latent dimension; an empty name removes yours"],
  ["M", "model card: how the model is read, and whether it is sound"],
  ["Esc", "close what is open, or dismiss a notice"],
  ["?", "this list"],
  ["two fingers on the map", "zoom, where the screen is touched"],
];

const SIGNS = [
  ["trust, ●●●", element("span", { id: "help-trust" })],
  ["red bar under a picture", "The plainer the bar, the less that picture can be trusted."],
  ["cross in a ring", "The point on show. An arrow at the edge points to where it lies outside the view."],
  ["shapes of points", "Beyond eight classes shapes tell them apart as well as colours. Diamonds with a rim are new items laid over the map."],
  ["keeps … of 15 neighbours", "Of an item's 15 nearest items in latent space, the share that is also among its 15 nearest on this map, on average. Click it for more."],
  ["hills above a slider", "Histogram: how the items' values lie in this dimension."],
  ["coloured band above a slider", "The posterior of the item on show: its mean, and one standard deviation to either side."],
  ["pictures along a slider", "What the decoder makes of each value, all other dimensions as they are. A red knob: the value lies beyond the slider's ends."],
  ["r, nmi", "How strongly a dimension is linked to what it is named after. r: correlation, from −1 to 1. nmi: normalised mutual information, 0 for nothing in common and 1 for everything."],
  ["nats", "Unit of information: 1 nat is 1.44 bits. Beside a dimension: its mean rate. Near 0 the model hardly uses it."],
  ["raw, σ", "Values as they are, or in standard deviations from the data's mean."],
  ["lock", "Random draws and touched points leave a locked dimension as it is."],
  ["rate", "How many nats the encoder spends on an item, KL(q(z|x) ‖ p(z))."],
  ["distortion", "What is lost, −log p(x|z) in nats, averaged over posterior samples. For continuous pixels a density, so it can be negative."],
  ["distortion *", "A Bernoulli likelihood on grey pixels is a pseudo-likelihood: compare such figures with each other only."],
  ["difference ±0.31", "Original minus reconstruction, scaled to its largest value, which stands beside it: orange where the original is brighter, blue where it is darker."],
  ["orange mark in a chart", "What chance would give."],
];

const list = (entries) => element("dl", {}, ...entries.flatMap(([name, what]) => [element("dt", {}, name), element("dd", {}, what)]));

// In the words that stand beside the picture, so that there is one definition.
function defineTrust() {
  const panel = document.getElementById("trust");
  const rows = [...panel.querySelectorAll("[data-indicator]")].map((row) => element("p", {}, element("strong", {}, `${row.dataset.name}. `), row.dataset.meaning ?? row.title));
  dialog.querySelector("#help-trust").replaceChildren(`How far a decoded picture can be trusted, from 0 to 1: the more dots are filled, the further. ${panel.querySelector(".headline").title}`, ...rows);
}

let dialog = null;

export function showHelp() {
  if (!dialog) {
    dialog = element(
      "dialog",
      { id: "help-dialog", "aria-label": "Keys and help", onclick: (event) => { if (event.target === dialog) dialog.close(); } },
      element("form", { method: "dialog", className: "dialog-head" }, element("strong", {}, "Keys and signs"), element("button", { className: "plain" }, "Close")),
      element(
        "div", { className: "help-columns" },
        element("section", {}, element("h2", {}, "Keys"), list(KEYS), element("p", {}, "Open a picture, or drop one anywhere on the page, to see what the model makes of it.")),
        element("section", {}, element("h2", {}, "What the signs mean"), list(SIGNS)),
      ),
    );
    document.body.append(dialog);
  }
  if (dialog.open) return;
  defineTrust();
  dialog.showModal();
  dialog.scrollTop = 0;
}
