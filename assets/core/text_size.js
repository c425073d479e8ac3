// How large texts are: as on a desk, or larger, for whoever looks from the back of a room. Style sheets go by the root's
// font size; what is drawn on canvases and by Plotly asks here.
import { remember, remembered } from "./remember.js";

const root = document.documentElement;
const button = () => document.getElementById("text-size");
const listeners = [];

export const onTextSize = (listener) => { listeners.push(listener); };
export const isLarge = () => root.dataset.text === "large";
export const textScale = () => (isLarge() ? 1.25 : 1);
// The same share of a larger text.
export const scaled = (pixels) => pixels * textScale();

function set(large) {
  if (large) root.dataset.text = "large";
  else delete root.dataset.text;
  button().setAttribute("aria-pressed", String(large));
}

export function layTextSize() {
  set(remembered("text") === "large");
  button().addEventListener("click", () => {
    set(!isLarge());
    remember("text", isLarge() ? "large" : "usual");
    // Plotly and the canvases fit themselves to their place when the window says that it has changed.
    window.dispatchEvent(new Event("resize"));
    for (const listener of listeners) listener();
  });
}
