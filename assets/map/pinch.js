// Two fingers on a map. On a flat one they zoom into what is between them and move it along, in depth they bring the eye closer. Plotly knows one finger only.
import { asWanted, camera, hasFigure, isDeep, plotBox, ranges, showFrom, showRanges, windowBox } from "./surface.js";

let from = null; // where the fingers were put, and what part of the map was in view, or from where it was seen
let frame = 0;

export const isPinching = () => from !== null;

const places = (touches, box) => Array.from(touches).slice(0, 2).map(({ clientX, clientY }) => [clientX - box.left, clientY - box.top]);
const apart = ([one, other]) => Math.max(24, Math.hypot(one[0] - other[0], one[1] - other[1]));
const between = ([one, other]) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];

export function connectPinch(stage) {
  const box = () => {
    const { left, top } = windowBox();
    const inner = isDeep() ? { left: 0, top: 0, width: 0, height: 0 } : plotBox();
    return { ...inner, left: left + inner.left, top: top + inner.top };
  };

  function begin(event) {
    if (event.touches.length !== 2 || !event.target.closest?.("#map") || !hasFigure() || !asWanted()) return;
    event.stopPropagation();
    event.preventDefault();
    if (isDeep()) {
      from = { fingers: places(event.touches, box()), camera: camera() };
      return;
    }
    from = { fingers: places(event.touches, box()), ...ranges() };
    // The first finger has begun to drag the map: for Plotly it is lifted here.
    document.dispatchEvent(new TouchEvent("touchend", { bubbles: true, changedTouches: [event.touches[0]] }));
  }

  function move(event) {
    if (!from) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    if (event.touches.length < 2) return;
    const fingers = places(event.touches, box());
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => show(fingers));
  }

  // What lay between the fingers stays between them.
  function show(fingers) {
    if (!from) return;
    const share = apart(from.fingers) / apart(fingers);
    if (from.camera) {
      approach(from.camera, share);
      return;
    }
    const { width, height } = box();
    const [x0, y0] = between(from.fingers);
    const [x1, y1] = between(fingers);
    const ranged = ([low, high], start, now, size) => {
      const span = (high - low) * share;
      const first = low + ((high - low) * start) / size - (span * now) / size;
      return [first, first + span];
    };
    showRanges(ranged(from.x, x0, x1, width), ranged(from.y, height - y0, height - y1, height));
  }

  // The eye at a share of its way to the middle.
  function approach({ eye, center, ...others }, share) {
    const nearer = Object.fromEntries(["x", "y", "z"].map((axis) => [axis, center[axis] + share * (eye[axis] - center[axis])]));
    showFrom({ ...others, center, eye: nearer });
  }

  function end(event) {
    if (event.touches.length > 0 || !event.isTrusted) return;
    // Of a map turned by a finger Plotly tells nobody.
    if (!from && event.target.closest?.("#map") && isDeep() && asWanted()) showFrom(camera());
    if (!from) return;
    // Not before all who hear of this lift have: it is no click.
    setTimeout(() => { from = null; });
  }

  stage.addEventListener("touchstart", begin, { capture: true, passive: false });
  window.addEventListener("touchmove", move, { capture: true, passive: false });
  window.addEventListener("touchend", end, true);
  window.addEventListener("touchcancel", end, true);
}
