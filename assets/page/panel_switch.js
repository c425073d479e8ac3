// In a narrow window one panel is on show at a time; which one, a tab remembers.
import { remember, remembered } from "../core/remember.js";
import { state, subscribe } from "../core/store.js";

const PANELS = ["cards", "map", "picture", "sliders"];
const bar = () => document.getElementById("panel-switch");
const shown = () => document.body.dataset.panel;

export function showPanel(name) {
  document.body.dataset.panel = name;
  for (const button of bar().children) button.setAttribute("aria-pressed", String(button.dataset.panel === name));
  remember("panel", name);
  // What is drawn to measure measures anew.
  window.dispatchEvent(new Event("resize"));
}

export function layPanelSwitch() {
  bar().addEventListener("click", (event) => {
    const { panel } = event.target.closest("button")?.dataset ?? {};
    if (panel) showPanel(panel);
  });
  showPanel(PANELS.includes(remembered("panel")) ? remembered("panel") : "map");
  // A question is answered on cards, and Explore has none.
  subscribe((changed) => {
    if (!changed.has("page")) return;
    if (state.page !== "explore") showPanel("cards");
    else if (shown() === "cards") showPanel("map");
  });
}
