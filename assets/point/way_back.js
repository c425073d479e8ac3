// Maps that can be looked at before their empty spots can be touched: which latent points those stand for is still being learnt.
import { withVisitorId, getJSON, postJSON } from "../core/api.js";
import { lookAtJobs, timeOf } from "../core/long_work.js";
import { tell, tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { questions } from "../core/revision.js";
import { state, subscribe } from "../core/store.js";

const POLL = 500; // milliseconds
const pause = () => new Promise((resolve) => { setTimeout(resolve, POLL); });
const lacking = new Set(); // "space/projection"
const keyOf = ({ space, projection }) => `${space}/${projection}`;
const host = () => document.getElementById("way-back");
const underWay = (report) => report.state === "waiting" || report.state === "running";

/** @param {{ space: string | null, projection: string }} map */
export const knowsWayBack = (map = state) => !lacking.has(keyOf(map));

const learntListeners = [];
export const onWayBack = (listener) => { learntListeners.push(listener); };

// A spot that was touched too early is kept until the way back is known, or another one takes its place.
let kept = null; // { space, projection, act }
export function touchOnceKnown(map, act) {
  kept = { space: map.space, projection: map.projection, act };
  if (host().dataset.state === "off") learn(map);
  tell("The inverse of this map is still being learnt. The spot will be decoded then.");
}
export const forgetTouch = () => { kept = null; };

export function layWayBack(stage) {
  stage.append(element("div", { id: "way-back", role: "status", hidden: true }));
  subscribe((changed) => {
    if (!changed.has("space") && !changed.has("projection")) return;
    host().hidden = true;
    forgetTouch();
  });
}

// Watches until the way back from a map is known, for as long as that map is the one wanted.
const watches = questions("space", "projection");
export async function watchWayBack(map, first) {
  const counts = watches();
  const key = keyOf(map);
  if (first.state === "done") {
    lacking.delete(key);
    return;
  }
  lacking.add(key);
  const path = `spaces/${map.space}/projections/${encodeURIComponent(map.projection)}`;
  const wanted = () => counts() && keyOf(state) === key;
  let report = first;
  try {
    while (wanted() && underWay(report)) {
      show(report);
      await pause();
      if (wanted()) report = await getJSON(path);
    }
  } catch (error) {
    if (!wanted()) return;
    tellError(error);
    report = { state: "off" };
  }
  if (!wanted()) return;
  if (report.state !== "done") {
    show({ ...report, again: () => learn(map) });
    return;
  }
  lacking.delete(key);
  host().hidden = true;
  for (const listener of learntListeners) listener();
  const { act } = kept ?? {};
  forgetTouch();
  act?.();
}

async function learn(map) {
  show({ state: "waiting" });
  try {
    const report = await postJSON(withVisitorId(`spaces/${map.space}/projections`), { id: map.projection });
    lookAtJobs();
    if (keyOf(state) === keyOf(map)) watchWayBack(map, report);
  } catch (error) {
    tellError(error);
    if (keyOf(state) !== keyOf(map)) return;
    show({ state: "off", again: () => learn(map) });
  }
}

function show(report) {
  const { again } = report;
  host().dataset.state = again ? "off" : "on";
  if (again) {
    host().replaceChildren(
      element("span", { title: report.error || "" }, "Empty spots of this map cannot be decoded yet."),
      element("button", { className: "plain", onclick: again }, "Learn the inverse"),
    );
  } else {
    let bar = host().querySelector("progress");
    if (!bar) {
      bar = element("progress", { max: 1, "aria-label": "Progress of learning the inverse" });
      host().replaceChildren(element("span", {}, "Learning the inverse"), bar, element("span", { className: "time", "aria-hidden": "true" }));
      host().title = "The map is there. Which latent points its empty spots stand for is still being learnt; until then they cannot be decoded.";
    }
    if (report.of) bar.value = report.step / report.of;
    host().querySelector(".time").textContent = report.left ? timeOf(report).split(" · ").at(-1) : "";
  }
  host().hidden = false;
}
