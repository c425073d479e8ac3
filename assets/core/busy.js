// Whatever takes longer than a hand expects says at once that it is under way: the control that was used, or the map.
const underWay = new WeakMap(); // element -> how many works it waits for

function count(host, by) {
  const left = (underWay.get(host) ?? 0) + by;
  underWay.set(host, left);
  if (left > 0) host.setAttribute("aria-busy", "true");
  else host.removeAttribute("aria-busy");
}

// Marks an element for as long as a promise is open; gives the promise on.
export async function busyWhile(host, promise) {
  if (!host) return promise;
  count(host, 1);
  try {
    return await promise;
  } finally {
    count(host, -1);
  }
}

// ---- the spot that was touched ----

const LASTS = 1200; // milliseconds of a touch that nothing follows
let ring = null;
let timer = 0;

// A ring where the map was touched, in pixels of the window; it stays until `endPulse`, or for a moment only.
export function showPulse({ x, y }, stays = true) {
  const stage = document.getElementById("map-stage");
  const box = stage.getBoundingClientRect();
  endPulse();
  ring = document.createElement("div");
  ring.id = "pulse";
  ring.setAttribute("aria-hidden", "true");
  ring.style.left = `${x - box.left}px`;
  ring.style.top = `${y - box.top}px`;
  stage.append(ring);
  if (!stays) timer = setTimeout(endPulse, LASTS);
}

export function endPulse() {
  clearTimeout(timer);
  ring?.remove();
  ring = null;
}
