// Starts the page's scripts once Dash has put the page in place.
import { url } from "./core/api.js";
import { onControlChange } from "./page/controls.js";
import { start } from "./page/start.js";
import { nameMyself } from "./core/visitor.js";

window.latentExplorer = { onControlChange };

// Reports are drawn in the same way, so this style sheet lies with what draws them.
const figures = document.createElement("link");
figures.rel = "stylesheet";
figures.href = url("figures.css");
document.head.append(figures);

function whenThere(id) {
  /** @type {Promise<void>} */
  const there = new Promise((resolve) => {
    const look = () => {
      if (!document.getElementById(id)) return false;
      resolve();
      return true;
    };
    if (look()) return;
    const observer = new MutationObserver(() => look() && observer.disconnect());
    observer.observe(document.documentElement, { childList: true, subtree: true });
  });
  return there;
}

await Promise.all([nameMyself(), ...["map", "sliders", "decoded-host", "pins", "theme"].map(whenThere)]);
await start();
