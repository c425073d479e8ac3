// What the gallery's items are ordered by, and what is shown of them.
import { getJSON } from "../core/api.js";
import { element } from "../core/element.js";
import { under } from "../core/revision.js";
import { current, state, update } from "../core/store.js";
import { filterControl, showFilter } from "./filter.js";
import { OFFERED, offered, shownAs } from "./pictures.js";
import { columnOption } from "../point/names.js";

let choices = null;
let choicesOf = null;

export const rankedBy = () => state.view.rank ?? choices?.by[0]?.name ?? "distortion";

const look = (changes) => update({ view: { ...state.view, ...changes } }, { commit: true });

export function layHead() {
  choices = null;
  choicesOf = null; // what is laid anew is filled anew
  return element("div", { className: "card-head" },
    element("h2", {}, "All items"),
    element("label", { className: "choice" }, "in order of ", element("select", { id: "rank-by", onchange: (event) => look({ rank: event.target.value }) })),
    element("button", { id: "rank-way", className: "plain", onclick: () => look({ rankUp: !state.view.rankUp || undefined }) }),
    element("label", { className: "choice" }, "showing ", element("select", { id: "gallery-pictures", onchange: (event) => look({ pictures: event.target.value === "item" ? undefined : event.target.value }) })),
    filterControl(),
    element("span", { className: "choice", id: "gallery-among", hidden: true }, "of the selection", element("button", { className: "plain", title: "Show all items again", "aria-label": "Show all items again, not the selection alone", onclick: () => look({ among: undefined, only: undefined }) }, "×")),
    element("span", { id: "gallery-place", role: "status" }),
  );
}

// False if another space is on show meanwhile.
export async function loadChoices() {
  const space = current.info.id;
  const counts = under("space");
  if (choicesOf !== space) {
    const found = await getJSON(`spaces/${space}/ranking`);
    if (!counts()) return false;
    choices = found;
    choicesOf = space;
    const groups = Map.groupBy ? Map.groupBy(choices.by, (one) => one.group) : new Map([["", choices.by]]);
    document.getElementById("rank-by").replaceChildren(...[...groups].map(([label, listed]) => element("optgroup", { label }, ...listed.map(columnOption))));
    document.getElementById("gallery-pictures").replaceChildren(...offered().map((name) => element("option", { value: name }, OFFERED[name])));
    document.getElementById("gallery-pictures").parentElement.hidden = offered().length < 2;
    if (!choices.by.some((one) => one.name === rankedBy())) look({ rank: undefined });
    if (!offered().includes(shownAs())) look({ pictures: undefined });
  }
  showFilter(choices.filters);
  showChoices();
  return true;
}

// Whether the gallery shows the items selected on the map alone.
export const isAmong = () => Boolean(state.chosen && (state.view.among || state.view.only));

const isDated = () => current.info.columns.some(({ name, kind }) => name === rankedBy() && kind === "date");

export function showChoices() {
  if (!choices) return;
  document.getElementById("gallery-among").hidden = !isAmong();
  document.getElementById("rank-by").value = rankedBy();
  document.getElementById("gallery-note").textContent = [choices.told[rankedBy()] ?? "", ...choices.notes].join(" ");
  document.getElementById("gallery-pictures").value = shownAs();
  const wrong = choices.by.find((one) => one.name === rankedBy())?.group === "Wrong";
  const words = wrong ? ["worst first", "best first"] : rankedBy() === "item" ? ["first to last", "last to first"] : isDated() ? ["latest first", "earliest first"] : ["highest first", "lowest first"];
  const own = rankedBy() === "item" ? !state.view.rankUp : Boolean(state.view.rankUp);
  document.getElementById("rank-way").textContent = rankedBy() === "item" ? words[own ? 0 : 1] : words[own ? 1 : 0];
}
