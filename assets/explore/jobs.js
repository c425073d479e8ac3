// Maps that take long: started, watched and cancelled here; the page goes on meanwhile.
import { asVisitor, getJSON, postJSON } from "./api.js";
import { lookAtJobs, timeOf } from "./jobs_panel.js";
import { glide, isMoving, still } from "./moving.js";
import { noteFitted } from "./big_map.js";
import { tellError } from "./notice.js";
import { element } from "./picture.js";
import { current, state, update } from "./store.js";

const place = () => document.getElementById("map-state");
const POLL = 250; // milliseconds
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// Resolves to true once the map is there and still the one wanted.
// `begun` is called when it has to be waited for.
export async function watchMap(space, projection, begun = () => {}) {
  const path = `spaces/${space}/projections/${encodeURIComponent(projection)}`;
  const wanted = () => state.space === space && state.projection === projection;
  let report = await getJSON(path);
  // Asked for even where it is under way: then another visitor's cancelling does not end it.
  if (report.state !== "done") {
    report = await postJSON(asVisitor(`spaces/${space}/projections`), { id: projection });
    lookAtJobs();
  }
  left = null;
  let seen = 0;
  still();
  if (report.state !== "done") {
    paint(report, path);
    begun();
  }
  while (wanted() && left !== path && (report.state === "waiting" || report.state === "running")) {
    if (report.preview > seen && current.info) {
      seen = report.preview;
      // Not waited for: a picture that takes long is overtaken by the next question.
      glide(report.job, document.querySelector("#map .js-plotly-plot"), 1.5 * POLL).catch(tellError);
    }
    paint(report, path);
    await pause(POLL);
    report = await getJSON(path);
  }
  still();
  place().dataset.aside = "false";
  if (!wanted()) return false;
  if (report.state === "stopped") {
    // What was asked for is not there; what there was of it is.
    current.info.projections = [...current.info.projections.filter((id) => id !== projection), report.kept];
    current.info.titles[report.kept] = report.kept_name;
    update({ projection: report.kept, spot: null }, { commit: true });
    return false;
  }
  if (left === path && report.state !== "done") report = { ...report, state: "cancelled" };
  if (report.state === "done") {
    noteFitted(space, projection, report.fitted);
    if (current.info && !current.info.projections.includes(projection)) current.info.projections.push(projection);
    place().hidden = true;
    delete place().parentElement.dataset.stale;
    return true;
  }
  paint(report, path, () => watchMap(space, projection, begun).then((there) => there && retried()));
  return false;
}

// Another visitor may go on waiting for it; this one does not.
let left = null;
async function leave(path) {
  left = path;
  await getJSON(asVisitor(path), { method: "DELETE" });
  lookAtJobs();
}

let retried = () => {};
export const onRetried = (listener) => { retried = listener; };

function paint(report, path, again) {
  const words = {
    waiting: "Waiting for other work to end …",
    running: report.note || "Working …",
    cancelled: "Cancelled. Nothing was kept.",
    failed: report.error,
    interrupted: report.error,
    missing: "This map is not there.",
  }[report.state];
  const share = report.of ? report.step / report.of : 0;
  const parts = [element("strong", {}, report.title ?? "Map"), element("p", {}, words)];
  if (report.state === "running" || report.state === "waiting") {
    const bar = element("progress", { max: 1, "aria-label": "Progress" });
    if (report.of) bar.value = share;
    parts.push(bar, element("p", { className: "small" }, timeOf(report)));
    const buttons = [element("button", { className: "plain", onclick: () => leave(path) }, "Cancel")];
    // What is there can be kept once the points have begun to move.
    if (report.state === "running" && report.step > 0 && report.note.startsWith("KL")) {
      const keep = () => getJSON(asVisitor(`${path}/stop-here`), { method: "POST" }).catch(tellError);
      buttons.unshift(element("button", { className: "plain", title: "Keep the map as it is now", onclick: keep }, "Stop here"));
    }
    parts.push(element("div", { className: "job-actions" }, ...buttons));
  } else if (again) {
    parts.push(element("button", { className: "plain", onclick: again }, "Try again"));
  }
  place().dataset.state = report.state;
  place().dataset.aside = String(isMoving());
  place().parentElement.dataset.stale = "true";
  place().replaceChildren(...parts);
  place().hidden = false;
}
