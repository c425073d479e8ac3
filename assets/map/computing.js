// Maps that take long: started, watched and cancelled here; the page goes on meanwhile.
import { withVisitorId, getJSON, postJSON } from "../core/api.js";
import { busyWhile } from "../core/busy.js";
import { lookAtJobs, stepOf, timeOf } from "../core/long_work.js";
import { glide, isMoving, still } from "./animation.js";
import { noteFitted } from "./fitted_on.js";
import { goBackFromMap } from "../core/history.js";
import { addMap, describeMap, dropMap } from "./map_list.js";
import { tell, tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { under } from "../core/revision.js";
import { current, state, update } from "../core/store.js";
import { watchWayBack } from "../point/way_back.js";

const place = () => document.getElementById("map-state");
const POLL = 250; // milliseconds
const givenUp = new Set(); // "space/projection" of what was cancelled here and not asked for again
export const wasGivenUp = (space, projection) => givenUp.has(`${space}/${projection}`);
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// Resolves to true once the map is there and still the one wanted; its way back may still be learnt then.
// `begun` is called when it has to be waited for.
export async function watchMap(space, projection, begun = () => {}) {
  const path = `spaces/${space}/projections/${encodeURIComponent(projection)}`;
  const wanted = under("space", "projection");
  const letGo = new Promise((resolve) => { left = { path, resolve: () => resolve({ state: "cancelled", here: true }) }; });
  const mine = left;
  givenUp.delete(`${space}/${projection}`);
  still();
  let report = await getJSON(path);
  if (!wanted()) return false;
  // Asked for even where it is under way: then another visitor's cancelling does not end it.
  if (report.state !== "done") {
    report = await postJSON(withVisitorId(`spaces/${space}/projections`), { id: projection });
    lookAtJobs();
    if (!wanted() || left !== mine) return false;
  }
  let seen = 0;
  if (waited(report)) {
    paint(report, path);
    begun();
  }
  while (wanted() && waited(report)) {
    if (report.preview > seen && current.info) {
      seen = report.preview;
      // Not waited for: a picture that takes long is overtaken by the next question.
      glide(report.job, 1.5 * POLL).catch(tellError);
    }
    paint(report, path);
    await Promise.race([pause(POLL), letGo]);
    if (wanted()) report = await Promise.race([getJSON(path), letGo]);
  }
  if (!wanted() || left !== mine) return false;
  if (report.state === "done" || report.there) {
    noteFitted(space, projection, report.fitted);
    if (current.info) addMap(projection);
    hide();
    watchWayBack({ space, projection }, report);
    return true;
  }
  if (report.state === "stopped") {
    // What was asked for is not there; what there was of it is.
    describeMap(report.kept, { name: report.kept_name, axes: report.axes });
    dropMap(projection);
    addMap(report.kept);
    hide();
    update({ projection: report.kept, spot: null }, { commit: true });
    return false;
  }
  still();
  if (report.state === "cancelled") {
    hide();
    comeBack(projection);
    if (!report.here) tellCancelled(report);
    return false;
  }
  paint(report, path, () => watchMap(space, projection, begun).then((there) => there && retried()));
  return false;
}

const waited = (report) => (report.state === "waiting" || report.state === "running") && !report.there;

function hide() {
  place().hidden = true;
  place().dataset.aside = "false";
  delete place().parentElement.dataset.stale;
}

// To the map that was on show when this one was chosen.
function comeBack(projection) {
  givenUp.add(`${state.space}/${projection}`);
  card = null;
  dropMap(projection);
  goBackFromMap();
}

// What becomes of the work: somebody else may wait for it, and not all of it is lost.
function tellCancelled({ state: how, visitors, goes_on: goesOn }) {
  if (visitors > 0 && (how === "waiting" || how === "running")) tell("Cancelled for you; it goes on for another visitor.");
  else if (how === "done") tell("It was there already, and is kept.");
  else tell(`Cancelled. Chosen again, it ${goesOn ? "goes on from where it was" : "begins anew"}.`);
}

// Another visitor may go on waiting for it; this one does not, and need not wait for the server to say so.
let left = null; // { path, resolve } of what is being watched
async function leave(path) {
  if (left?.path === path) left.resolve();
  try {
    tellCancelled(await getJSON(withVisitorId(path), { method: "DELETE" }));
  } catch (error) {
    tellError(error);
  }
  lookAtJobs();
}

let keeping = null; // path of the map that is to be kept as it is
async function keep(path, button) {
  if (keeping === path) return;
  keeping = path;
  button.textContent = "Keeping it …";
  try {
    await busyWhile(button, getJSON(withVisitorId(`${path}/stop-here`), { method: "POST" }));
  } catch (error) {
    keeping = null;
    button.textContent = "Stop here";
    tellError(error);
  }
}

let retried = () => {};
export const onRetried = (listener) => { retried = listener; };

let card = null; // { key, words, bar, time }: rebuilt with every look, a button would lose the press and the focus

function paint(report, path, again) {
  // What is there can be kept once the points have begun to move.
  const stoppable = report.state === "running" && report.keepable;
  const active = report.state === "running" || report.state === "waiting";
  const key = `${path} ${active || report.state} ${card?.stoppable || stoppable}`;
  if (card?.key !== key || !active) card = lay(key, report, path, stoppable, active, again);
  card.words.textContent = {
    waiting: "Waiting for other work to end …",
    running: stepOf(report) || "Working …",
    failed: report.error,
    interrupted: report.error,
    missing: "This map does not exist.",
  }[report.state];
  if (active) {
    if (report.of) card.bar.value = report.step / report.of;
    else card.bar.removeAttribute("value");
    card.time.textContent = timeOf(report, "of this step");
  }
  place().dataset.state = report.state;
  place().dataset.aside = String(isMoving());
  place().parentElement.dataset.stale = "true";
  place().hidden = false;
}

function lay(key, report, path, stoppable, active, again) {
  const title = report.title ?? "Map";
  const words = element("p", {});
  const bar = element("progress", { max: 1, "aria-label": "Progress" });
  const time = element("p", { className: "small" });
  const buttons = [];
  if (active) {
    keeping = null;
    if (stoppable) buttons.push(element("button", { className: "plain", title: "Keep the map as it is now", onclick: (event) => keep(path, event.currentTarget) }, "Stop here"));
    buttons.push(element("button", { className: "plain", onclick: () => leave(path) }, "Cancel"));
  } else {
    if (again) buttons.push(element("button", { className: "plain", onclick: again }, "Try again"));
    buttons.push(element("button", { className: "plain", onclick: () => { hide(); comeBack(state.projection); } }, "Back to the map before"));
  }
  const focused = place().contains(document.activeElement);
  place().replaceChildren(element("strong", { title }, title), words, ...(active ? [bar, time] : []), element("div", { className: "job-actions" }, ...buttons));
  if (focused) buttons.at(-1).focus();
  return { key, words, bar, time, stoppable };
}
