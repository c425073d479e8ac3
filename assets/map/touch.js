// The map: drawing it, touching it, and the pointer's lens over it.
import { debounced } from "../core/api.js";
import { isBig, isPicture, itemNear, layBigMap, pointAt } from "./raster.js";
import { busyWhile, endPulse, showPulse } from "../core/busy.js";
import { restLens, touch } from "../point/decoded.js";
import { applyFilter, filterAnew, rememberFilter } from "./filter.js";
import { fitLegend } from "./legend.js";
import { nameLegend } from "./legend_keys.js";
import { connectFrame, rememberFrame } from "./frame.js";
import { hasGrid, tileAt, tileCard } from "./grid.js";
import { hideCard, hover, hovered, hoverOther } from "./hover.js";
import { drawnMap, layInterim } from "./interim.js";
import { goToItem } from "../item/go_to.js";
import { applyMarkers } from "./markers.js";
import { recolour } from "./animation.js";
import { hoverNewcomer, lookAtNewcomer, newcomerAt, overNewcomer } from "./layer.js";
import { nameDimensions } from "./dimension_names.js";
import { nameMap } from "./map_keys.js";
import { chooseMap, noteDrawn, recolourMap } from "./map_request.js";
import { tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { layHere, paintOverlay } from "./overlay.js";
import { connectPinch, isPinching } from "./pinch.js";
import { setOut, under } from "../core/revision.js";
import { state, subscribe } from "../core/store.js";
import { asWanted, flat, forgetHovered, isDeep, itemOfPoint, itemSeenAt, mapMoved, onScreen, onSurface, pointHovered, spotOf, watchSurface } from "./surface.js";
import { knowsWayBack, layWayBack, onWayBack } from "../point/way_back.js";

let pointer = null; // last place of the pointer over the plot, in client pixels
let lensKey = false;
const FINGER = 10; // pixels a fingertip misses by
const isLens = () => lensKey || Boolean(state.view.lens);

const stage = () => document.getElementById("map-stage");

export function layMap() {
  stage().prepend(element("canvas", { id: "underlay", "aria-hidden": "true" }));
  stage().append(
    element("canvas", { id: "overlay", "aria-hidden": "true" }),
    element("div", { id: "map-top" }, element("div", { id: "map-chips" })),
  );
  layHere(stage());
  layBigMap(stage());
  stage().append(
    element("div", { id: "hover-card", hidden: true }),
    element("div", { id: "map-state", hidden: true }),
  );
  stage().addEventListener("pointermove", moved);
  // The browser holds back pointermove until its next frame; the lens need not wait for that.
  stage().addEventListener("pointerrawupdate", moved);
  // In depth Plotly misses a press that is over before its next frame.
  let pressed = null;
  stage().addEventListener("pointerdown", (event) => { pressed = { x: event.clientX, y: event.clientY, item: hovered(), finger: event.pointerType === "touch" }; }, true);
  stage().addEventListener("click", (event) => {
    const still = pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < (pressed.finger ? FINGER : 4);
    if (!isDeep() || !still || !asWanted() || !event.target.closest("#map")) return;
    if (pressed.finger) pressed.item = itemSeenAt({ x: event.clientX, y: event.clientY }, FINGER);
    const newcomer = newcomerAt(event);
    if (newcomer !== null) lookAtNewcomer(newcomer);
    // The press itself moves the eye by nothing, which closes the card.
    else if (pressed.item !== null && pressed.item !== state.item) touchItem(pressed.item, { x: event.clientX, y: event.clientY });
  });
  // Under the lens nothing is hovered: looking for the nearest of all points would hold up the picture.
  stage().addEventListener("mousemove", (event) => { if (event.buttons === 0 && isLens()) event.stopPropagation(); }, true);
  // Whoever reaches for the map means the map with the next key, not the choice made before.
  stage().addEventListener("pointerdown", () => document.activeElement?.closest?.("input")?.blur(), true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideCard(); });
  stage().addEventListener("pointerleave", () => { pointer = null; hideCard(); restLens(); });
  new ResizeObserver(() => paintOverlay()).observe(stage());
  connectFrame();
  layInterim({ touchSpot, touchItem });
  layWayBack(stage());
  onWayBack(() => mapMoved());
  connectPinch(stage());
  hearSurface();
  watchSurface(stage());
}

function hearSurface() {
  onSurface("found", paintOverlay);
  onSurface("click", clicked);
  onSurface("hover", (event) => {
    const point = event.points?.[0];
    if (overNewcomer() || hasGrid()) return; // they lie above
    hover(isLens() || !point || !pointer ? null : itemOfPoint(point), onScreen(point) ?? pointer); // told late, the pointer may have left
  });
  onSurface("unhover", () => { if (!overNewcomer() && !hasGrid()) hideCard(); });
  onSurface("restyle", (changes) => { if ("visible" in changes) rememberFilter(); });
  onSurface("moving", () => { hideCard(); paintOverlay(); });
  onSurface("moved", viewMoved);
  onSurface("drawn", () => {
    recolour();
    applyMarkers();
    applyFilter();
    fitLegend();
    nameDimensions();
    nameMap();
    nameLegend();
    paintOverlay();
    mapMoved();
    noteDrawn();
  });
}

function viewMoved(changes) {
  if (asWanted()) rememberFrame(changes);
  hideCard();
  forgetHovered();
  if (!flat()) paintOverlay(); // a flat map has been drawn, and what lies over it with it
  mapMoved();
}

const spotAt = (at) => (asWanted() ? spotOf(at) : null);

// ---- touching ----

function clicked(event) {
  // In depth a drag ends in a click too; there the stage listens itself.
  if (drawnMap() === null || !flat() || isPinching()) return;
  const exactly = event.event?.altKey;
  const at = event.event ? { x: event.event.clientX, y: event.event.clientY } : pointer;
  const newcomer = exactly || !asWanted() ? null : newcomerAt(event.event ?? pointer);
  if (newcomer !== null) {
    lookAtNewcomer(newcomer);
    return;
  }
  const tile = exactly ? null : tileAt(spotUnder(event));
  if (tile) {
    touch(tile.spot, true, { at, query: tile.query });
    return;
  }
  const point = event.points?.[0];
  if (point && !exactly) {
    const index = itemOfPoint(point);
    if (index !== null) touchItem(index, at);
    return;
  }
  const spot = spotUnder(event);
  if (spot && isBig() && !exactly && asWanted()) touchBig(spot, event.event ?? pointer);
  else if (spot) touchSpot(spot, at);
}

// She touches what she sees: the map that is drawn, though another one may have been chosen.
function touchSpot(spot, at) {
  touch(spot, true, { projection: drawnMap() ?? state.projection, at });
}

async function touchItem(index, at) {
  if (at) showPulse(at);
  await busyWhile(document.getElementById("decoded-host"), goToItem(index));
  endPulse();
}

const spotUnder = (event) => (event.xvals?.length ? [event.xvals[0], event.yvals[0]] : pointer && spotOf(pointer));

// Where the items are a picture the server knows which one is meant.
async function touchBig(spot, at) {
  const seen = at ? pointAt({ x: at.clientX ?? at.x, y: at.clientY ?? at.y }) : null;
  const [arrives, sameMap] = [setOut(), under("space", "projection")];
  try {
    const index = seen ?? (await itemNear(spot));
    if (!arrives() || !sameMap()) return;
    if (index === null) touchSpot(spot, null);
    else touchItem(index, null);
  } catch (error) {
    if (arrives()) tellError(error);
  }
}

export function decodeExactlyHere() {
  const spot = pointer && drawnMap() !== null && spotOf(pointer);
  if (spot) touchSpot(spot, pointer);
}

export function holdLens(held) {
  lensKey = held;
  if (held) hideCard();
  else {
    restLens();
    lensAt = { x: NaN, y: NaN };
    const point = pointHovered(); // under the pointer already
    if (point) hover(itemOfPoint(point), onScreen(point));
  }
  stage().dataset.lens = String(isLens());
}

// In a picture the server knows which item is under a pointer at rest.
const peek = debounced(async (at) => {
  const spot = at === pointer && spotAt(at);
  if (!spot) return;
  const counts = under("space", "projection", () => pointer);
  try {
    const index = await itemNear(spot);
    if (counts() && !isLens()) hover(index, at);
  } catch (error) {
    if (counts()) tellError(error);
  }
}, 120);

let lensAt = { x: NaN, y: NaN };
function moved(event) {
  pointer = { x: event.clientX, y: event.clientY };
  if (event.buttons === 0 && !isLens() && hoverNewcomer(pointer)) return;
  if (hasGrid() && event.buttons === 0 && !isLens()) {
    const tile = tileAt(spotAt(pointer));
    if (tile) hoverOther(`tile ${tile.index}`, pointer, () => tileCard(tile));
    else hideCard();
    return;
  }
  if (isBig() && flat() && event.buttons === 0 && !isLens()) {
    const seen = pointAt(pointer);
    hover(seen, pointer);
    if (seen === null && isPicture()) peek(pointer);
  }
  if (event.buttons !== 0 || !isLens()) return;
  // Both events tell of the same place.
  if (pointer.x === lensAt.x && pointer.y === lensAt.y) return;
  lensAt = pointer;
  const spot = knowsWayBack() && spotAt(pointer);
  if (spot) touch(spot, false);
}

subscribe((changed) => {
  if (changed.has("selection")) filterAnew();
  if (changed.has("space") || changed.has("projection")) chooseMap();
  else if (changed.has("color")) recolourMap();
  if (changed.has("view")) {
    applyMarkers();
    if (stage()) stage().dataset.lens = String(Boolean(state.view.lens));
    hideCard();
  }
});
