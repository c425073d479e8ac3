// A card a study: its first answer at once, the whole one when the work in the background is done.
import { withVisitorId, getJSON, url, onReconnect } from "../core/api.js";
import { lookAtJobs } from "../core/long_work.js";
import { tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { questions } from "../core/revision.js";
import { current, state, subscribe, update } from "../core/store.js";
import { layGallery, refreshGallery } from "../gallery/gallery.js";
import { placeAlong } from "./along.js";
import { paintNames, refreshNames } from "../point/names.js";
import { markLinked, openRelation } from "./linked.js";
import { refreshMarks } from "../map/marks.js";

const POLL = 400; // milliseconds
const AT_ONCE = 2; // first answers that are worked out together: more would make each of them wait
const pause = () => new Promise((resolve) => { setTimeout(resolve, POLL); });
const host = () => document.getElementById("study-cards");

const cards = new Map(); // name of the study -> card
const groups = new Map(); // page -> element

export function clearCards() {
  for (const card of cards.values()) {
    leave(card);
    card.gone = true;
  }
  cards.clear();
  groups.clear();
  host().replaceChildren();
}

export function showCards(page, studies) {
  if (!groups.has(page)) {
    const group = element("div", { className: "cards", "data-page": page });
    groups.set(page, group);
    host().append(group);
    if (page === "items") group.append(layGallery());
    for (const study of studies) {
      const card = layCard(study);
      cards.set(study.name, card);
      group.append(card.root);
    }
  }
  for (const [name, group] of groups) group.hidden = name !== page;
  leaveCards(page);
  host().parentElement.scrollTop = 0;
  refreshMarks();
  for (const study of studies) {
    const card = cards.get(study.name);
    if (card.state === "new" || card.state === "left") ask(card);
  }
}

// Nobody here waits for the cards of other pages: what refines them stops, and is asked for again by who comes back.
export function leaveCards(page = null) {
  for (const card of cards.values()) if (card.study.page !== page) leave(card);
}

function leave(card) {
  if (card.state !== "asking" && !underWay(card.last)) return;
  card.questions(); // what is under way is not waited for any more
  card.state = "left";
  withdraw(card.path);
  card.path = null;
}

// Heard of even if this was the last thing the page did.
function withdraw(path) {
  if (path) getJSON(path, { method: "DELETE", keepalive: true }).catch(tellError);
}

window.addEventListener("pagehide", () => leaveCards());

function layCard(study) {
  const body = element("div", { className: "card-body" }, element("p", { className: "empty busy" }, "Looking …"));
  const status = element("div", { className: "card-state", role: "status" });
  const choices = study.choices.map(({ name, title, values }) => element(
    "label", { className: "choice" }, title,
    element("select", { "data-choice": name, onchange: (event) => choose(study.name, name, event.target.selectedIndex ? event.target.value : undefined) }, ...values.map((value) => element("option", { value }, value || "usual"))),
  ));
  const take = element("a", { className: "plain take", hidden: true, download: "", title: "Download the figures as JSON", href: "#" }, "JSON");
  const root = element(
    "section", { className: study.wide ? "card full" : "card", id: `study-${study.name}`, "aria-label": study.title },
    element("div", { className: "card-head" }, element("h2", {}, study.title), status, ...choices, take),
    body,
  );
  const card = { study, space: current.info.id, root, body, status, take, state: "new", last: null, path: null, have: null, questions: questions("space"), gone: false };
  mirrorChoices(card);
  card.chosen = chosenOf(card);
  return card;
}

// What was chosen is looked at, and so it is in the store and in the address.
const keyOf = (study, name) => `${study}.${name}`;
function choose(study, name, value) {
  const choices = { ...state.view.choices, [keyOf(study, name)]: value };
  if (value === undefined) delete choices[keyOf(study, name)];
  update({ view: { ...state.view, choices: Object.keys(choices).length ? choices : undefined } }, { commit: true });
}

function mirrorChoices(card) {
  for (const select of card.root.querySelectorAll("[data-choice]")) {
    const wanted = state.view.choices?.[keyOf(card.study.name, select.dataset.choice)] ?? select.options[0].value;
    if ([...select.options].some((option) => option.value === wanted)) select.value = wanted;
  }
}

subscribe((changed) => {
  if (!changed.has("view") || changed.has("space")) return;
  for (const card of cards.values()) {
    const before = card.chosen;
    mirrorChoices(card);
    card.chosen = chosenOf(card);
    if (card.chosen !== before && card.state !== "new") again(card);
  }
});

const chosenOf = (card) => [...card.root.querySelectorAll("[data-choice]")].map((select) => select.value).join("|");

// Another choice: nobody here waits for the whole answer of the one before.
function again(card) {
  withdraw(card.path);
  card.path = null;
  card.have = null;
  if (card.state !== "left") ask(card);
}

const pathOf = (card) => {
  const query = new URLSearchParams();
  for (const select of card.root.querySelectorAll("[data-choice]")) {
    if (select.selectedIndex > 0) query.set(select.dataset.choice, select.value);
  }
  if (card.have) query.set("have", card.have);
  return `spaces/${card.space}/studies/${card.study.name}?${query}`;
};

// ---- a few at a time ----

let running = 0;
const waiting = [];
async function inTurn(work) {
  if (running >= AT_ONCE) await new Promise((resolve) => { waiting.push(resolve); });
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

// First figures come before anything is refined: the work would make them wait.
async function nobodyAsks() {
  while (running || waiting.length) await new Promise((resolve) => { setTimeout(resolve, 50); });
}

async function ask(card) {
  const counts = card.questions();
  const overtaken = () => card.gone || !counts();
  show(card, { state: "asking" });
  try {
    let answer = await inTurn(() => (overtaken() ? null : getJSON(`${pathOf(card)}&begin=first`, { method: "POST" })));
    if (overtaken()) return;
    const refined = answer.state === "done" || underWay(answer);
    show(card, refined ? answer : { ...answer, state: "asking" });
    if (!refined) await nobodyAsks();
    if (overtaken()) return;
    if (answer.state !== "done") {
      // Asked for even where it is under way: then another visitor's leaving does not end it.
      const path = withVisitorId(pathOf(card));
      card.path = path;
      answer = await getJSON(path, { method: "POST" });
      if (overtaken()) {
        // The work may have begun after it was withdrawn.
        if (card.path !== path && underWay(answer)) withdraw(path);
        return;
      }
      show(card, answer);
    }
    if (underWay(answer)) lookAtJobs();
    while (underWay(answer)) {
      await pause();
      if (overtaken()) return;
      answer = await getJSON(withVisitorId(pathOf(card)));
      if (overtaken()) return;
      show(card, answer);
    }
    card.path = null;
  } catch (error) {
    if (overtaken()) return;
    show(card, { state: "refused", error: error.message, retry: error.status === 429 || !(error.status >= 400 && error.status < 500) });
    if (error.status === 0) onReconnect(() => { if (!overtaken() && card.state === "refused") ask(card); });
  }
}

const underWay = (answer) => answer?.state === "waiting" || answer?.state === "running";

// Whoever types a name or holds a slider in a card is not torn away from it: the figures come a little later.
const isBusyIn = (body) => body.querySelector("input.rename, input.along:active") !== null;

function show(card, answer) {
  card.state = answer.state;
  card.last = answer;
  card.root.dataset.state = answer.state;
  if (answer.html !== undefined) {
    card.have = answer.have;
    card.take.href = url(pathOf(card).replace("?", "/figures.json?"));
    card.take.hidden = false;
    card.html = answer.html;
    lay(card);
  }
  if (answer.state === "asking" && !card.have) card.body.replaceChildren(element("p", { className: "empty busy" }, "Looking …"));
  // What is there already stays: a server that has gone takes no figure with it.
  if (answer.state === "refused" && !card.have) {
    card.take.hidden = true;
    const retry = answer.retry ? [element("button", { className: "plain", onclick: () => again(card) }, "Try again")] : [];
    card.body.replaceChildren(element("p", { className: "empty" }, answer.error), ...retry);
  }
  showStatus(card, answer);
}

function lay(card) {
  if (card.html === null || card.gone) return;
  if (isBusyIn(card.body)) {
    setTimeout(() => lay(card), POLL);
    return;
  }
  const back = whereIn(card.body);
  // The server escapes every text in it.
  card.body.innerHTML = card.html;
  card.html = null;
  back();
  markLinked(card.body);
  paintNames();
  if (card.study.name === "relations") {
    openRelation();
    refreshNames();
  }
  if (card.study.name === "wrong_items") refreshGallery();
  placeAlong(card.body);
  refreshMarks();
}

// What has the focus and what is unfolded stays so when a card is drawn anew; returns what brings it back.
function whereIn(body) {
  const folds = [...body.querySelectorAll("details")].map((one) => one.open);
  const focused = body.contains(document.activeElement) ? document.activeElement : null;
  const alike = focused && `${focused.localName}${[...focused.attributes].filter(({ name }) => name === "aria-label" || /^data-(?!centre|direction|readout|point)/.test(name)).map(({ name, value }) => `[${name}="${CSS.escape(value)}"]`).join("")}`;
  return () => {
    body.querySelectorAll("details").forEach((one, i) => { one.open = folds[i] ?? false; });
    if (alike) body.querySelector(alike)?.focus({ preventScroll: true });
  };
}

// Said once, not with every look: only the bar moves on.
function showStatus(card, answer) {
  const told = JSON.stringify([answer.state, answer.error ?? "", Boolean(answer.of), Boolean(card.have)]);
  if (card.told === told && answer.of) {
    card.status.querySelector("progress").value = answer.step / answer.of;
    return;
  }
  if (card.told === told) return;
  card.told = told;
  card.status.replaceChildren(...statusOf(card, answer));
}

function statusOf(card, answer) {
  if (answer.state === "asking" && card.have) return [element("span", {}, "looking …")];
  if (answer.state === "waiting") return [element("span", {}, "first figures · waiting for other work")];
  if (answer.state === "running") {
    const share = answer.of ? answer.step / answer.of : undefined;
    return [
      element("span", { title: answer.note || "" }, "first figures · refining"),
      element("progress", { max: 1, "aria-label": "Progress", ...(share === undefined ? {} : { value: share }) }),
    ];
  }
  if (["failed", "cancelled", "interrupted", "missing", ...(card.have ? ["refused"] : [])].includes(answer.state)) {
    const words = answer.error || "first figures only";
    return [element("span", { className: answer.state === "failed" || answer.state === "refused" ? "bad" : "", title: words }, words), element("button", { className: "plain", onclick: () => ask(card) }, "Go on")];
  }
  return [];
}
