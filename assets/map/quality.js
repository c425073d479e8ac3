// How faithfully the map on show keeps neighbourhoods and distances: measured in the background, told over the map.
import { withVisitorId, getJSON, onReconnect } from "../core/api.js";
import { busyWhile } from "../core/busy.js";
import { lookAtJobs } from "../core/long_work.js";
import { onMapReady, requestMap } from "./map_request.js";
import { tellError } from "../core/notice.js";
import { count, fixed, percent } from "../draw/numbers.js";
import { element } from "../core/element.js";
import { isMeasured, noteMeasured, ofMap } from "./requested_colour.js";
import { questions } from "../core/revision.js";
import { current, state, subscribe, update } from "../core/store.js";

const POLL = 300; // milliseconds
const pause = () => new Promise((resolve) => { setTimeout(resolve, POLL); });
const button = () => document.getElementById("quality");
const panel = () => document.getElementById("quality-panel");

let report = null; // of the map on show

const measurings = questions("space", "projection", "color");
let begun = false; // for the map on show
async function measure() {
  begun = true;
  const counts = measurings();
  const { space, projection, color } = state;
  const path = `spaces/${space}/quality/${encodeURIComponent(projection)}?color=${encodeURIComponent(color ?? "")}`;
  try {
    let answer = await getJSON(withVisitorId(path), { method: "POST" });
    if (answer.state === "waiting" || answer.state === "running") lookAtJobs();
    while (counts() && (answer.state === "waiting" || answer.state === "running")) {
      show(answer);
      await pause();
      if (!counts()) return; // it may be removed by now
      answer = await getJSON(path);
    }
    if (!counts()) return;
    show(answer);
    if (answer.state !== "done") return;
    const first = !isMeasured(space, projection);
    noteMeasured(space, projection);
    if (first && ofMap(state.color)) requestMap();
  } catch (error) {
    if (!counts()) return;
    // Some sets cannot be measured; that is worth a word only to whoever asks for the figures.
    show({ state: "refused", error: error.message });
    if (error.status === 0) onReconnect(() => { if (counts()) measure(); });
    if (ofMap(color)) tellError(error);
  }
}

const score = (value) => fixed(value, 3);
// Beside the title of the axis a narrow map has room for the figure only.
const ifWide = (words) => element("span", { className: "when-wide" }, words);

function show(answer) {
  report = answer;
  const words = {
    waiting: [ifWide("quality: "), "waiting …"],
    running: ["measuring", ifWide(" its quality"), " …"],
    done: answer.state === "done" ? [`keeps ${percent(answer.kept)}`, ifWide(` of ${answer.kept_of} neighbours`)] : [],
  }[answer.state] ?? [ifWide("quality: "), "not measured"];
  button().replaceChildren(...words, answer.state !== "done" && ofMap(state.color) ? ifWide(" then coloured by it") : "");
  button().dataset.state = answer.state;
  button().hidden = false;
  if (!panel().hidden) paint();
}

function table({ counts, map, shuffled }) {
  /** @type {[string, string, (value: number) => string][]} */
  const figures = [
    ["trustworthiness", "Are neighbours on the map neighbours in latent space? 1: all; near 0.5: as chance would have it", score],
    ["continuity", "Do neighbours in latent space lie together on the map? 1: all; near 0.5: as chance would have it", score],
    ["preservation", "Share of an item's k nearest in latent space that are among its k nearest on the map", percent],
  ];
  const rows = figures.flatMap(([name, title, form]) => [
    line("th", name === "preservation" ? "neighbours kept" : name, map[name].map((value) => form(value)), title),
    line("td", "shuffled", shuffled[name].map((value) => form(value)), "The same points assigned to the items at random", "shuffled"),
  ]);
  const head = element("tr", {}, element("th", { scope: "col" }, "k nearest"), ...counts.map((k) => element("th", { scope: "col" }, String(k))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
}

function line(tag, name, cells, title, className) {
  return element("tr", { title, className }, element(tag, tag === "th" ? { scope: "row" } : {}, name), ...cells.map((cell) => element("td", {}, cell)));
}

const fact = (name, value, title) => [element("dt", { title }, name), element("dd", { title }, value)];

function paint() {
  const parts = [element("h2", {}, "Quality of this map")];
  if (report?.state === "done") {
    const { map, shuffled, labels, among, kept_of: k } = report;
    const facts = fact("distance rank", `${score(map.shepard)} · shuffled ${score(shuffled.shepard)}`, "Shepard correlation: Spearman's, between distances in latent space and on the map");
    if (labels) {
      facts.push(...fact(`same ${labels.column}`, `${percent(labels.map)} · in\u00a0space ${percent(labels.space)} · shuffled ${percent(labels.shuffled)}`, "How often one of an item's nearest items has its label"));
    }
    const sample = report.measured < current.info.count ? `${count(report.measured)} of ${count(among)} items` : `all ${count(among)} items`;
    parts.push(
      table(report),
      element("dl", {}, ...facts),
      element("p", { className: "small" }, `Measured on ${sample}. Over all items ${percent(report.kept)} of the ${k} nearest are kept: that is what the map can be coloured by.`),
      element("div", { className: "job-actions" }, element("button", { className: "plain", onclick: colourByKept }, "Colour by neighbours kept")),
    );
  } else if (report?.state === "waiting" || report?.state === "running") {
    parts.push(element("p", {}, report.note || (report.state === "waiting" ? "Waiting for other work …" : "Starting …")), element("progress", { max: 1, "aria-label": "Progress", ...(report.of ? { value: report.step / report.of } : {}) }));
  } else {
    parts.push(element("p", { className: "empty" }, report?.error || "It was not measured."), element("div", { className: "job-actions" }, element("button", { className: "plain", onclick: (event) => busyWhile(event.currentTarget, measure()) }, "Try again")));
  }
  panel().replaceChildren(...parts);
}

function colourByKept() {
  close();
  update({ color: "kept", selection: null }, { commit: true });
}

function close() {
  panel().hidden = true;
  button().setAttribute("aria-expanded", "false");
}

export function layQuality() {
  document.getElementById("map-stage").append(
    element("button", {
      id: "quality", className: "plain", hidden: true, "aria-expanded": "false", "aria-controls": "quality-panel",
      title: "How faithfully this map shows the latent space",
      onclick: () => {
        panel().hidden = !panel().hidden;
        button().setAttribute("aria-expanded", String(!panel().hidden));
        paint();
      },
    }),
    element("section", { id: "quality-panel", hidden: true, "aria-label": "Quality of this map" }),
  );
  document.addEventListener("pointerdown", (event) => {
    if (!panel().hidden && !panel().contains(event.target) && !button().contains(event.target)) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel().hidden) {
      close();
      button().focus();
    }
  });
  onMapReady(measure);
  subscribe((changed) => {
    if (changed.has("space") || changed.has("projection")) {
      // The old map's figures are not the new one's.
      report = null;
      begun = false;
      button().hidden = true;
      close();
    } else if (changed.has("color") && begun) measure();
  });
}
