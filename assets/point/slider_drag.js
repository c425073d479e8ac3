// A hand on a slider, from where it is put down to where it is lifted.

const SIDEWAYS = 6; // pixels

// `go(share)`: 0 is the left end of the slider, 1 the right one.
export function dragSlider(slider, event, go) {
  const box = slider.getBoundingClientRect();
  const to = ({ clientX }) => go(Math.min(1, Math.max(0, (clientX - box.left) / box.width)));
  // A finger may have come to scroll the list: it moves the slider once it goes sideways, or is lifted where it was put.
  let waits = event.pointerType === "touch";
  const follow = (moved) => {
    if (waits && Math.abs(moved.clientX - event.clientX) < SIDEWAYS) return;
    waits = false;
    to(moved);
  };
  const end = (ended) => {
    if (waits && ended.type === "pointerup") to(ended);
    slider.removeEventListener("pointermove", follow);
    slider.removeEventListener("pointerup", end);
    slider.removeEventListener("pointercancel", end);
  };
  slider.setPointerCapture(event.pointerId);
  slider.addEventListener("pointermove", follow);
  slider.addEventListener("pointerup", end);
  slider.addEventListener("pointercancel", end);
  if (!waits) to(event);
}
