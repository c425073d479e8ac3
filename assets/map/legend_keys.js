// The legend by keyboard: one stop, arrows go from class to class, Enter or the space bar shows or hides one.
import { legendEntries, restyle, traceOfEntry } from "./surface.js";

let at = 0; // the entry the keyboard is at
let focused = false; // Plotly may draw the legend anew under it

const isShown = (entry) => traceOfEntry(entry).visible === true;

// After every drawing of the map.
export function nameLegend() {
  const all = legendEntries();
  if (!all.length) return;
  at = Math.min(at, all.length - 1);
  all.forEach((entry, i) => {
    entry.setAttribute("tabindex", i === at ? "0" : "-1");
    entry.setAttribute("role", "checkbox");
    entry.setAttribute("aria-checked", String(isShown(entry)));
    entry.setAttribute("aria-label", `Show ${entry.querySelector(".legendtext")?.textContent ?? traceOfEntry(entry).name}`);
  });
  if (focused && !all.includes(document.activeElement)) all[at].focus({ focusVisible: true });
}

function pressed(event) {
  const all = legendEntries();
  const place = all.indexOf(event.target);
  if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const to = { ArrowRight: place + 1, ArrowDown: place + 1, ArrowLeft: place - 1, ArrowUp: place - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    at = (to + all.length) % all.length;
    nameLegend();
    all[at].focus({ focusVisible: true });
  } else if (event.key === "Enter" || event.key === " ") {
    at = place;
    restyle({ visible: isShown(event.target) ? "legendonly" : true }, [traceOfEntry(event.target).index]);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

export function connectLegendKeys() {
  const stage = document.getElementById("map-stage");
  stage.addEventListener("keydown", pressed, true);
  stage.addEventListener("focusin", (event) => {
    const place = legendEntries().indexOf(event.target);
    focused = place >= 0;
    if (focused) at = place;
  });
  // An entry that is drawn anew loses the focus without another element getting it.
  stage.addEventListener("focusout", (event) => { if (event.relatedTarget) focused = false; });
  document.addEventListener("pointerdown", () => { focused = false; }, true);
}
