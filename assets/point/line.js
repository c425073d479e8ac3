// The straight line from A to B in pictures: touched, walked by keys, played to and fro.
import { show } from "./decoded.js";
import { atlas, tileShape } from "../draw/form.js";
import { element } from "../core/element.js";
import { colour, fitted, paintDoubt } from "../draw/picture.js";
import { sameNumbers, state, subscribe, update } from "../core/store.js";

export const COUNT = 16; // pictures of the strip
const PACE = 300; // milliseconds a picture is on show while the strip is played
let strip = null;
let button = null;
let line = null; // { points, pixels, first, trust, picture, shape } of the strip on show
let at = -1; // the picture whose point is on show; -1 where it is another point

export const lineStrip = () => line && { ...line, count: COUNT };

export function between(a, b, share) {
  return Float32Array.from(a, (value, i) => value + (b[i] - value) * share);
}
export const stations = (a, b) => Array.from({ length: COUNT }, (_, i) => between(a, b, i / (COUNT - 1)));

export function layLine(host, before) {
  button = element("button", { id: "play-line", className: "plain", hidden: true, onclick: toggle });
  strip = element("canvas", {
    id: "line",
    hidden: true,
    tabindex: 0,
    role: "slider",
    title: "From A to B (arrows, Home, End; space plays)",
    "aria-label": "From A to B",
    "aria-valuemin": 0,
    "aria-valuemax": COUNT - 1,
    "aria-valuenow": 0,
    onclick: (event) => go(Math.min(COUNT - 1, Math.floor((event.offsetX / strip.clientWidth) * COUNT))),
    onkeydown: pressed,
  });
  host.insertBefore(button, before);
  host.insertBefore(strip, before);
  host.insertBefore(element("p", { id: "line-hint", className: "empty" }, "Set two points as A and B to see the way from one to the other."), before);
  new ResizeObserver(paint).observe(strip);
  for (const event of ["pointerdown", "keydown", "wheel"]) document.addEventListener(event, interrupted, { capture: true, passive: true });
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
  CALM.addEventListener("change", () => { stop(); tellPlaying(); });
  tellPlaying();
}

// Decoded points from A to B, from number `first` on; null where a pin is missing.
export function setLine(decoded) {
  endPlay();
  line = null;
  if (decoded) {
    const { points, pixels, trust, first } = decoded;
    line = { points: points.slice(first), trust: trust.slice(first), pixels, first, picture: atlas(pixels, COUNT, first), shape: tileShape() };
  }
  if (!strip) return;
  strip.hidden = !line;
  button.hidden = !line;
  document.getElementById("line-hint").hidden = Boolean(line);
  findPlace();
  paint();
}

// ---- going along ----

function step(event) {
  const from = Math.max(0, at);
  return { ArrowRight: from + 1, ArrowUp: from + 1, ArrowLeft: from - 1, ArrowDown: from - 1, PageUp: from + 4, PageDown: from - 4, Home: 0, End: COUNT - 1 }[event.key];
}

function pressed(event) {
  if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = step(event);
  if (event.key !== " " && target === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key !== " ") go(Math.min(COUNT - 1, Math.max(0, target)));
  else if (!event.repeat) toggle();
}

// The picture at once, as with a slider; it is decoded already.
function visit(index, how) {
  const z = line.points[index].slice();
  show(z, line.pixels, line.first + index);
  update({ z, spot: null, item: null }, { drawn: true, ...how });
}

function go(index) {
  if (line) visit(index, { commit: true });
}

// ---- playing ----

const CALM = matchMedia("(prefers-reduced-motion: reduce)");
let timer = 0;
let direction = 1;

function toggle() {
  if (timer) stop();
  else if (CALM.matches) go(next());
  else if (line) {
    document.body.dataset.playing = "true";
    advance();
    tellPlaying();
  }
}

function next() {
  if (at < 0) return 0;
  if (at + direction < 0 || at + direction >= COUNT) direction = -direction;
  return at + direction;
}

// Nothing is asked of the server: trust and neighbours come once it rests.
function advance() {
  timer = setTimeout(advance, PACE);
  const station = next();
  visit(station, { station, settling: true });
}

function endPlay() {
  if (!timer) return false;
  clearTimeout(timer);
  timer = 0;
  delete document.body.dataset.playing;
  tellPlaying();
  return true;
}

// At rest, as after a slider: now trust, place and neighbours are asked for.
function stop() {
  if (endPlay()) update({ z: state.z.slice() }, { commit: true, drawn: true });
}

function interrupted(event) {
  const own = button.contains(event.target) ? event.type === "pointerdown" || event.key === " " || event.key === "Enter" : event.target === strip && event.key === " ";
  if (timer && !own) stop();
}

function tellPlaying() {
  const words = timer ? "Pause" : CALM.matches ? "Step" : "Play";
  button.dataset.playing = String(Boolean(timer));
  button.title = `${words}: the way from A to B${CALM.matches ? ", one picture further" : ", to and fro"} (space on the strip)`;
  button.textContent = words;
}

// ---- painting ----

// Which picture of the strip is on show, however it was reached.
function findPlace() {
  const found = line ? line.points.findIndex((point) => sameNumbers(point, state.z)) : -1;
  if (found === at) return false;
  at = found;
  strip.setAttribute("aria-valuenow", String(Math.max(0, at)));
  strip.setAttribute("aria-valuetext", at < 0 ? "another point is on show" : `${at + 1} of ${COUNT}`);
  return true;
}

function paint() {
  if (!strip || !line || strip.hidden) return;
  const { context, w, h } = fitted(strip);
  context.clearRect(0, 0, w, h);
  const [high, wide] = line.shape;
  const slot = w / COUNT;
  const side = Math.min(slot - 2, h * (wide / high));
  const tall = (side * high) / wide;
  for (let i = 0; i < COUNT; i += 1) {
    const [x, y] = [i * slot + (slot - side) / 2, (h - tall) / 2];
    context.drawImage(line.picture, 0, i * high, wide, high, x, y, side, tall);
    paintDoubt(context, line.trust[i], x, Math.min(h - 3, y + tall + 1), side);
    if (i !== at) continue;
    context.strokeStyle = colour("--accent");
    context.lineWidth = 2;
    context.strokeRect(x + 1, y + 1, side - 2, tall - 2);
  }
}

subscribe((changed, how) => {
  if (!strip) return;
  if (how.station === undefined) {
    // Whoever goes to another point asks for what belongs to it.
    if (changed.has("z") || changed.has("space")) endPlay();
    else if (changed.has("pins") || changed.has("projection")) stop();
  }
  if (changed.has("z") && findPlace()) paint();
});
