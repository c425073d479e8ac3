// Maps that take long: started, watched and cancelled here; the page goes on meanwhile.
import { asVisitor, getJSON, postJSON } from "./api.js";
import { lookAtJobs, timeOf } from "./jobs_panel.js";
import { element } from "./picture.js";
import { current, state } from "./store.js";

const place = () => document.getElementById("map-state");
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// Resolves to true once the map is there and still the one wanted.
export async function watchMap(space, projection, request = { id: projection }) {
  const path = `spaces/${space}/projections/${encodeURIComponent(projection)}`;
  const wanted = () => state.space === space && state.projection === projection;
  let report = await getJSON(path);
  // Asked for even where it is under way: then another visitor's cancelling does not end it.
  if (report.state !== "done") {
    report = await postJSON(asVisitor(`spaces/${space}/projections`), request);
    lookAtJobs();
  }
  left = null;
  while (wanted() && left !== path && (report.state === "waiting" || report.state === "running")) {
    paint(report, path);
    await pause(300);
    report = await getJSON(path);
  }
  if (!wanted()) return false;
  if (left === path && report.state !== "done") report = { ...report, state: "cancelled" };
  if (report.state === "done") {
    if (current.info && !current.info.projections.includes(projection)) current.info.projections.push(projection);
    place().hidden = true;
    delete place().parentElement.dataset.stale;
    return true;
  }
  paint(report, path, () => watchMap(space, projection, request).then((there) => there && retried()));
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
    parts.push(element("button", { className: "plain", onclick: () => leave(path) }, "Cancel"));
  } else if (again) {
    parts.push(element("button", { className: "plain", onclick: again }, "Try again"));
  }
  place().dataset.state = report.state;
  place().parentElement.dataset.stale = "true";
  place().replaceChildren(...parts);
  place().hidden = false;
}
