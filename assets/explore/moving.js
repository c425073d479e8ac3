// A map while it is being computed: the points glide from one iterate to the next, drawn by the graphics card.
import { numbersOf } from "./api.js";
import { colour, element } from "./picture.js";

// Position in the frame before and in the newest one; `share` runs from 0 to 1 between them.
const VERTEX = `
attribute vec2 before; attribute vec2 after; attribute vec3 ink;
uniform float share; uniform vec2 scale; uniform float size;
varying vec3 shade;
void main() { shade = ink; gl_PointSize = size; gl_Position = vec4(mix(before, after, share) * scale, 0.0, 1.0); }`;
const FRAGMENT = `
precision mediump float; varying vec3 shade;
void main() { vec2 d = gl_PointCoord - 0.5; if (dot(d, d) > 0.25) discard; gl_FragColor = vec4(shade * 0.75, 0.75); }`;

let drawing = null; // { canvas, gl, buffers, count, before, after, began, lasting, frame }
let asking = false;

export const isMoving = () => Boolean(drawing);

// Fetches the newest iterate of a job and lets the points glide there within `lasting` milliseconds.
export async function glide(job, plot, lasting) {
  if (asking) return;
  asking = true;
  try {
    const { shape, buffer } = await numbersOf(`jobs/${job}/preview`);
    if (shape[1] !== 2) return;
    const points = fitted(new Float32Array(buffer));
    drawing ??= begin(plot, points);
    if (!drawing || drawing.count !== shape[0]) return;
    drawing.before = mixed(drawing);
    drawing.after = points;
    drawing.began = performance.now();
    drawing.lasting = lasting;
    load(drawing, "before", drawing.before, 2);
    load(drawing, "after", drawing.after, 2);
    drawing.frame ||= requestAnimationFrame(paint);
  } catch (error) {
    // Between two iterates there may be none, and the next question is soon.
    if (error.status !== 409 && error.status !== 404) throw error;
  } finally {
    asking = false;
  }
}

// The plot behind has been drawn anew, perhaps in other colours.
export function recolour(plot) {
  if (!drawing) return;
  load(drawing, "ink", inks(plot, drawing.count), 3);
  drawing.frame ||= requestAnimationFrame(paint);
}

export function still() {
  if (!drawing) return;
  cancelAnimationFrame(drawing.frame);
  drawing.canvas.remove();
  drawing.gl.getExtension("WEBGL_lose_context")?.loseContext(); // a page may have few
  drawing = null;
}

// Into the square from -1 to 1 around the middle, whatever the extent of the iterate: it grows a thousandfold.
function fitted(points) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]);
    right = Math.max(right, points[i]);
    low = Math.min(low, points[i + 1]);
    high = Math.max(high, points[i + 1]);
  }
  const half = Math.max(right - left, high - low, 1e-12) / 2 / 0.94;
  const [x, y] = [(left + right) / 2, (low + high) / 2];
  return points.map((value, i) => (value - (i % 2 ? y : x)) / half);
}

// Where the points are seen just now.
function mixed({ before, after, began, lasting }) {
  const share = Math.min(1, (performance.now() - began) / lasting);
  return share >= 1 ? after : before.map((value, i) => value + (after[i] - value) * share);
}

function begin(plot, points) {
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
  const made = { canvas, gl, program, buffers: {}, count: points.length / 2, before: points, after: points, began: 0, lasting: 1, frame: 0 };
  load(made, "ink", inks(plot, made.count), 3);
  return made;
}

function load({ gl, program, buffers }, name, values, width) {
  buffers[name] ??= gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name]);
  gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
  const place = gl.getAttribLocation(program, name);
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, width, gl.FLOAT, false, 0, 0);
}

function paint() {
  if (!drawing) return;
  const { canvas, gl, program, began, lasting, count } = drawing;
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const share = Math.min(1, (performance.now() - began) / lasting);
  const side = Math.min(w, h);
  gl.viewport(0, 0, w, h);
  gl.clear(gl.COLOR_BUFFER_BIT);
  gl.uniform1f(gl.getUniformLocation(program, "share"), share);
  gl.uniform2f(gl.getUniformLocation(program, "scale"), side / w, side / h);
  gl.uniform1f(gl.getUniformLocation(program, "size"), (count > 30000 ? 3 : 5) * ratio);
  gl.drawArrays(gl.POINTS, 0, count);
  canvas.dataset.drawn = String(Number(canvas.dataset.drawn ?? 0) + 1);
  drawing.frame = share < 1 ? requestAnimationFrame(paint) : 0;
}

// The colours the points have on the map that is on show.
function inks(plot, count) {
  const found = new Float32Array(3 * count);
  const plain = rgb(colour("--accent"));
  for (let i = 0; i < count; i += 1) found.set(plain, 3 * i);
  for (const trace of plot?._fullData ?? []) {
    const { color, colorscale, cmin, cmax } = trace.marker ?? {};
    const one = typeof color === "string" ? rgb(color) : null;
    (trace.customdata ?? []).forEach((index, k) => {
      if (index < count) found.set(one ?? onScale(colorscale, (color[k] - cmin) / (cmax - cmin)), 3 * index);
    });
  }
  return found;
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
