// The filmstrip over a slider of a direction: what the slider will show, from the one base point, with its trust.
import { latestOnly, postNumbers } from "../core/api.js";
import { basePoint } from "../point/base.js";
import { atlas, picturesOf, tileShape } from "../draw/form.js";
import { tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { fitted, paintDoubt } from "../draw/picture.js";
import { current, state } from "../core/store.js";

const STEPS = 9;
const ROWS = 12; // strips of one request
const painted = new WeakMap(); // slider -> what its strip was made from

// From the mean every strip stays as it is; from the point on show it moves with the point.
const nameOf = () => `${state.space}/${basePoint()?.join(",") ?? "mean"}`;

const inView = (slider, panel) => {
  const box = slider.getBoundingClientRect();
  const frame = panel.getBoundingClientRect();
  return box.width > 0 && box.bottom > frame.top && box.top < frame.bottom;
};

const load = latestOnly(
  ["space", nameOf],
  async ({ sliders, points, space }) => {
    const body = Float32Array.from(points.flatMap((point) => Array.from(point)));
    const { buffer } = await postNumbers(`spaces/${space}/decode`, body);
    const { buffer: scores } = await postNumbers(`spaces/${space}/trust`, body);
    return { pixels: picturesOf(buffer), trust: new Float32Array(scores), sliders };
  },
  ({ pixels, trust, sliders }, asked) => {
    const picture = atlas(pixels, STEPS * sliders.length);
    sliders.forEach((slider, row) => {
      painted.set(slider, asked.name);
      paint(slider, picture, trust, row * STEPS);
    });
    if (asked.left) asked.again();
  },
  tellError,
);

export function paintStripsAlong(panel, pointAlong) {
  if (!state.z || !current.info) return;
  const name = nameOf();
  const stale = [...panel.querySelectorAll("input.along")].filter((slider) => painted.get(slider) !== name && inView(slider, panel));
  if (!stale.length) return;
  const sliders = stale.slice(0, Math.max(1, Math.min(ROWS, Math.floor(current.info.most_pictures / STEPS))));
  const points = sliders.flatMap((slider) => {
    const [low, high] = [Number(slider.min), Number(slider.max)];
    return Array.from({ length: STEPS }, (_, i) => pointAlong(slider, low + ((high - low) * i) / (STEPS - 1)));
  });
  load({ sliders, points, name, space: state.space, left: stale.length > sliders.length, again: () => paintStripsAlong(panel, pointAlong) });
}

// The server's picture stands there until this one takes its place.
function paint(slider, picture, trust, first) {
  const host = slider.parentElement;
  const drawn = host.querySelector("img.filmstrip");
  let canvas = host.querySelector("canvas.filmstrip");
  if (!canvas) {
    canvas = element("canvas", { className: "filmstrip", role: "img" });
    slider.before(canvas);
  }
  if (drawn) {
    canvas.setAttribute("aria-label", drawn.alt);
    drawn.hidden = true;
  }
  const [high, wide] = tileShape();
  canvas.style.aspectRatio = `${STEPS * wide} / ${high}`;
  const { context, w, h } = fitted(canvas);
  context.clearRect(0, 0, w, h);
  const slot = w / STEPS;
  for (let i = 0; i < STEPS; i += 1) {
    context.drawImage(picture, 0, (first + i) * high, wide, high, i * slot, 0, slot, h);
    paintDoubt(context, trust[first + i], i * slot + 1, h - 3, slot - 2);
  }
}
