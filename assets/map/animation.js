// A map while it is being computed: the points glide from one iterate to the next, drawn by the graphics card.
import { numbersOf } from "../core/api.js";
import { element } from "../core/element.js";
import { colour } from "../draw/picture.js";
import { questions } from "../core/revision.js";
import { drawnTraces } from "./surface.js";

// Position in the frame before and in the newest one; `share` runs from 0 to 1 between them, `eye` says what is seen of it.
const VERTEX = `
attribute vec3 before; attribute vec3 after; attribute vec3 ink;
uniform float share; uniform mat4 eye; uniform vec2 scale; uniform float size;
varying vec3 shade;
void main() {
  vec4 seen = eye * vec4(mix(before, after, share), 1.0);
  shade = ink; gl_PointSize = size; gl_Position = vec4(seen.xy * scale, 0.0, seen.w);
}`;
// A flat map from above, and one in depth as Plotly's camera first sees it: from (1.25, 1.25, 1.25), 45° wide.
const FLAT = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const DEEP = fromTheCorner(1.25 * Math.sqrt(3), Math.tan(Math.PI / 8));
const FRAGMENT = `
precision mediump float; varying vec3 shade;
void main() { vec2 d = gl_PointCoord - 0.5; if (dot(d, d) > 0.25) discard; gl_FragColor = vec4(shade * 0.75, 0.75); }`;

let drawing = null; // { canvas, gl, buffers, count, before, after, began, lasting, frame }
let asking = false;
const previews = questions("space", "projection");

export const isMoving = () => Boolean(drawing);

// Fetches the newest iterate of a job and lets the points glide there within `lasting` milliseconds.
export async function glide(job, lasting) {
  if (asking) return;
  asking = true;
  const counts = previews();
  try {
    const { shape, buffer } = await numbersOf(`jobs/${job}/preview`);
    if (!counts()) return; // the map is there, or another one is
    const points = fitted(new Float32Array(buffer), shape[1]);
    drawing ??= begin(points, shape[1] === 3 ? DEEP : FLAT);
    if (!drawing || drawing.count !== shape[0]) return;
    drawing.before = mixed(drawing);
    drawing.after = points;
    drawing.began = performance.now();
    drawing.lasting = lasting;
    load(drawing, "before", drawing.before);
    load(drawing, "after", drawing.after);
    drawing.frame ||= requestAnimationFrame(paint);
  } catch (error) {
    // Between two iterates there may be none, and the next question is soon.
    if (error.status !== 409 && error.status !== 404) throw error;
  } finally {
    asking = false;
  }
}

// The plot behind has been drawn anew, perhaps in other colours.
export function recolour() {
  if (!drawing) return;
  load(drawing, "ink", inks(drawing.count));
  drawing.frame ||= requestAnimationFrame(paint);
}

export function still() {
  previews(); // what is under way is not drawn any more
  if (!drawing) return;
  cancelAnimationFrame(drawing.frame);
  drawing.canvas.remove();
  drawing.gl.getExtension("WEBGL_lose_context")?.loseContext(); // a page may have few
  drawing = null;
}

// Columns of the matrix that sees the middle from the direction (1, 1, 1), z upwards.
function fromTheCorner(away, wide) {
  const [a, b, c] = [Math.SQRT1_2, 1 / Math.sqrt(6), 1 / Math.sqrt(3)];
  const [right, up, back] = [[-a, a, 0], [-b, -b, 2 * b], [c, c, c]];
  return [0, 1, 2].flatMap((axis) => [right[axis] / wide, up[axis] / wide, 0, -back[axis]]).concat([0, 0, 0, away]);
}

// Into a square or, in depth, Plotly's cube around the middle, whatever the extent of the iterate: it grows a thousandfold.
function fitted(points, axes) {
  const low = Array(axes).fill(Infinity);
  const high = Array(axes).fill(-Infinity);
  for (let i = 0; i < points.length; i += 1) {
    low[i % axes] = Math.min(low[i % axes], points[i]);
    high[i % axes] = Math.max(high[i % axes], points[i]);
  }
  const half = Math.max(...high.map((end, axis) => end - low[axis]), 1e-12) / 2 / (axes === 3 ? 0.5 : 0.94);
  const found = new Float32Array((3 * points.length) / axes);
  for (let i = 0; i < points.length; i += 1) {
    const axis = i % axes;
    found[3 * ((i - axis) / axes) + axis] = (points[i] - (low[axis] + high[axis]) / 2) / half;
  }
  return found;
}

// Where the points are seen just now.
function mixed({ before, after, began, lasting }) {
  const share = Math.min(1, (performance.now() - began) / lasting);
  return share >= 1 ? after : before.map((value, i) => value + (after[i] - value) * share);
}

function begin(points, eye) {
  const canvas = element("canvas", { id: "moving", "aria-hidden": "true" });
  const gl = canvas.getContext("webgl", { premultipliedAlpha: true, antialias: false });
  if (!gl) return null; // the progress is told all the same
  document.getElementById("map-stage").append(canvas);
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const made = { canvas, gl, program, buffers: {}, eye, count: points.length / 3, before: points, after: points, began: 0, lasting: 1, frame: 0 };
  load(made, "ink", inks(made.count));
  return made;
}

function load({ gl, program, buffers }, name, values) {
  buffers[name] ??= gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name]);
  gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
  const place = gl.getAttribLocation(program, name);
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 0, 0);
}

function paint() {
  if (!drawing) return;
  const { canvas, gl, program, began, lasting, count, eye } = drawing;
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const share = Math.min(1, (performance.now() - began) / lasting);
  const side = Math.min(w, h);
  gl.viewport(0, 0, w, h);
  gl.clear(gl.COLOR_BUFFER_BIT);
  gl.uniform1f(gl.getUniformLocation(program, "share"), share);
  gl.uniformMatrix4fv(gl.getUniformLocation(program, "eye"), false, eye);
  gl.uniform2f(gl.getUniformLocation(program, "scale"), side / w, side / h);
  gl.uniform1f(gl.getUniformLocation(program, "size"), (count > 30000 ? 3 : 5) * ratio);
  gl.drawArrays(gl.POINTS, 0, count);
  canvas.dataset.drawn = String(Number(canvas.dataset.drawn ?? 0) + 1);
  drawing.frame = share < 1 ? requestAnimationFrame(paint) : 0;
}

// The colours the points have on the map that is on show.
function inks(count) {
  const found = new Float32Array(3 * count);
  const plain = rgb(colour("--accent"));
  for (let i = 0; i < count; i += 1) found.set(plain, 3 * i);
  for (const trace of drawnTraces()) {
    const { color, colorscale, cmin, cmax } = trace.marker ?? {};
    const one = typeof color === "string" ? rgb(color) : null;
    (trace.customdata ?? []).forEach((index, k) => {
      if (index < count) found.set(one ?? onScale(colorscale, (color[k] - cmin) / (cmax - cmin)), 3 * index);
    });
  }
  return found;
}

// The colour of a value on the scale of a trace's marker, for a canvas.
export function cssOnScale({ colorscale, cmin, cmax }, value) {
  return `rgb(${onScale(colorscale, (value - cmin) / (cmax - cmin)).map((part) => Math.round(255 * part)).join(" ")})`;
}

function onScale(scale, share) {
  const at = Math.min(1, Math.max(0, share));
  const next = Math.max(1, scale.findIndex(([end]) => end >= at));
  const [[low, from], [high, to]] = [scale[next - 1], scale[next]];
  const [a, b] = [rgb(from), rgb(to)];
  return a.map((value, i) => value + ((b[i] - value) * (at - low)) / (high - low || 1));
}

const known = new Map();
function rgb(text) {
  if (!known.has(text)) {
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = text;
    context.fillRect(0, 0, 1, 1);
    known.set(text, Array.from(context.getImageData(0, 0, 1, 1).data.slice(0, 3), (value) => value / 255));
  }
  return known.get(text);
}
