// Keys of the whole page; help.js lists them.
import { showCard } from "./model_card.js";
import { toggle } from "./controls.js";
import { showHelp } from "./help.js";
import { redo, undo } from "../core/history.js";
import { stepThroughNeighbours } from "../item/go_to.js";
import { zoomTo, zoomToAll } from "../map/frame.js";
import { decodeExactlyHere, holdLens } from "../map/touch.js";
import { invert } from "../map/selection.js";
import { chooseTool, leaveTool } from "../map/lasso.js";
import { placeOnMap } from "../map/overlay.js";
import { goToPin, setPin } from "../point/pins.js";
import { toggleInterpret } from "./pages.js";
import { goTo, priorMean, randomPoint } from "../point/sliders.js";
import { current, state } from "../core/store.js";

const typing = (target) => target.closest?.("input:not([readonly], [type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable], [role=listbox], #find");

const plain = {
  e: decodeExactlyHere,
  g: () => toggle("manifold"),
  i: toggleInterpret,
  m: showCard,
  n: () => toggle("links"),
  s: () => chooseTool("lasso"),
  b: () => chooseTool("box"),
  v: () => { if (state.chosen) invert(); },
  t: () => toggle("shade"),
  h: () => zoomTo(placeOnMap()),
  a: zoomToAll,
  0: () => goTo(priorMean()),
  1: () => goToPin("a"),
  2: () => goToPin("b"),
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
  } else if (!control && !event.altKey) pressedAlone(event, key);
}

function pressedAlone(event, key) {
  if (key === "escape") {
    if (leaveTool()) event.preventDefault();
  } else if (key === "l") {
    if (!event.repeat) holdLens(true);
  } else if (event.shiftKey && (key === "a" || key === "b")) {
    setPin(key);
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
