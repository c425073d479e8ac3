// Beside the map: how many items are selected, of what classes, and what can be done with them.
import * as numbers from "../draw/numbers.js";
import { url } from "../core/api.js";
import { clear, invert, isWorking, onSelection, selected, setView, toggleColour, whyMissing } from "../map/selection.js";
import { hasFigure, toPixels } from "../map/surface.js";
import { element } from "../core/element.js";
import { countSeen } from "../map/selection_marks.js";
import { current, state, subscribe, update } from "../core/store.js";
import { isColour, showsOnly } from "../map/selection_query.js";

let panel = null;
let folded = null; // null: as there is room for it
let placedFor = null; // the selection its side was chosen for

export const percent = (share) => `${share > 0 && share < 0.0995 ? (100 * share).toPrecision(2) : (100 * share).toFixed(share > 0.995 && share < 1 ? 1 : 0)} %`;
const isFolded = () => folded ?? (state.page !== "explore" || panel.parentElement.clientWidth < 480);

const button = (name, text, title, onclick, pressed) => element(
  "button", { className: "tool", "data-do": name, title, onclick, ...(pressed === undefined ? {} : { "aria-pressed": String(pressed) }) }, text,
);

// The gallery beside the map, of these items alone.
function toGallery() {
  update({ page: "items", view: { ...state.view, among: true } }, { commit: true });
}

function shares({ column, classes, count }) {
  if (!column || !count) return [];
  const most = Math.max(...classes.map((one) => Math.max(one.share, one.share_of_all)), 1e-9);
  const at = (share) => `${((100 * share) / most).toFixed(1)}%`;
  const lines = classes.toSorted((one, other) => other.count - one.count).map((one) => {
    const odd = one.share < one.low || one.share > one.high;
    const chance = `${percent(one.low)} to ${percent(one.high)}`.replace(" % to", " to");
    const told = `${one.name}: ${numbers.count(one.count)} item${one.count === 1 ? "" : "s"}, ${percent(one.share)} of the selection, ${percent(one.share_of_all)} of all. As many items drawn at random would have ${chance} (95 %, all classes together).`;
    return element(
      "li", { title: told, className: odd ? "odd" : "" },
      element("span", { className: "name" }, one.name),
      element(
        "span", { className: "bar", role: "img", "aria-label": told },
        element("i", { className: "chance", style: `left:${at(one.low)};width:max(1px, ${at(one.high - one.low)})` }),
        element("i", { className: "share", style: `width:${at(one.share)}` }),
        element("i", { className: "all", style: `left:${at(one.share_of_all)}` }),
      ),
      element("span", { className: "figure" }, percent(one.share)),
    );
  });
  return [element("ul", { className: "shares", tabindex: 0, "aria-label": `Shares of ${column}` }, ...lines), element("p", { className: "small" }, `${numbers.count(classes.length)} classes by ${column}; tick: share of all items`)];
}

const file = (rest) => url(`spaces/${state.space}/selection.csv?${new URLSearchParams({ chosen: state.chosen, ...(rest ? { rest: "1" } : {}) })}`);

function fill() {
  const told = selected();
  panel.hidden = !state.chosen && !isWorking();
  if (panel.hidden) return;
  panel.toggleAttribute("data-folded", isFolded());
  panel.setAttribute("aria-busy", String(isWorking()));
  const words = told ? (told.count ? `${numbers.count(told.count)} of ${numbers.count(told.total)} items` : "No item is selected") : isWorking() ? "Selecting …" : "The selection is not available";
  if (panel.querySelector("strong").textContent !== words) panel.querySelector("strong").textContent = words;
  panel.querySelector("[data-do=fold]").textContent = isFolded() ? "▸" : "▾";
  panel.querySelector("[data-do=fold]").setAttribute("aria-expanded", String(!isFolded()));
  const body = panel.querySelector(".body");
  body.hidden = isFolded();
  if (!told) {
    body.replaceChildren(...(whyMissing() ? [element("p", { className: "small" }, whyMissing())] : []));
    return;
  }
  const some = told.count > 0;
  const take = (rest, text) => element("a", { className: "tool", download: "", href: file(rest), title: "Numbers and ids as CSV" }, text);
  const hidden = told.left_out.length ? [element("p", { className: "small left-out", title: told.left_out.join("; ") }, `Left out, since not shown: ${told.left_out.join("; ")}`)] : [];
  body.replaceChildren(
    ...(some ? [] : [element("p", { className: "small" }, "No item that is shown lies inside. Draw again, or undo.")]),
    ...shares(told),
    ...hidden,
    element(
      "div", { className: "doing" },
      ...(some ? [
        button("gallery", "Gallery", "Show these items in the gallery of Interpret", toGallery),
        button("colour", "Colour", "Colour the map by what is selected and what is not", toggleColour, isColour()),
        button("only", "Only these", "Show no other items on the map", () => setView({ only: showsOnly() ? undefined : true }), showsOnly()),
      ] : []),
      button("invert", "Invert", "Select all other items that are shown instead", invert),
    ),
    element("div", { className: "doing" }, element("span", { className: "small" }, "Download"), ...(some ? [take(false, "selected")] : []), ...(told.count < told.total ? [take(true, "the rest")] : [])),
  );
  chooseSide(told);
}

// On the side where it covers less of what is selected.
function chooseSide(told) {
  if (!told || told === placedFor || !hasFigure()) return;
  placedFor = told;
  const { offsetWidth: w, offsetHeight: h, offsetTop: top, parentElement: stage } = panel;
  const covered = (left) => countSeen(toPixels, [left, top, left + w, top + h]);
  panel.dataset.side = covered(stage.clientWidth - w) < covered(0) ? "right" : "left";
}

export function laySelectionPanel() {
  panel = element(
    "section", { id: "selection", hidden: true, "aria-label": "Selection" },
    element(
      "div", { className: "head" },
      button("fold", "▾", "Show or hide the details", () => { folded = !isFolded(); fill(); }),
      element("strong", { role: "status", "aria-live": "polite" }),
      button("clear", "×", "Select nothing", clear),
    ),
    element("div", { className: "body" }),
  );
  panel.querySelector("[data-do=clear]").setAttribute("aria-label", "Select nothing");
  document.getElementById("map-stage").append(panel);
  onSelection(fill);
  subscribe((changed) => { if (current.info && ["page", "chosen", "color", "view"].some((name) => changed.has(name))) fill(); });
}
