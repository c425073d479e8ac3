// What latent dimensions are called: names found by themselves, and those a person gave.
import { withVisitorId, debounced, getJSON, onReconnect } from "../core/api.js";
import { did, onDeed } from "../core/history.js";
import { lookAtJobs } from "../core/long_work.js";
import { tell, tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { under } from "../core/revision.js";
import { current, state, subscribe } from "../core/store.js";

const REST = 1500; // milliseconds after the space is there: names are never waited for
const LOOK = 1000; // between two questions whether they have been found
const NOTHING = { of: null, own: {}, automatic: null, words: null };
let known = NOTHING;
const listeners = [];

// Whoever shows names elsewhere hears when they are others.
export const onNames = (listener) => { listeners.push(listener); };

const names = () => (known.of === state.space ? known : NOTHING);
export const nameOf = (j) => names().own[j] || names().automatic?.[j] || "";

// Without the figure that made it the name, for places that have little room; nothing of what is off.
export const calledOf = (j) => names().own[j] || (names().automatic?.[j] === "off" ? "" : names().words?.[j] ?? "");

// As menus have it: "z3 · shirt length".
export const titleOf = (j) => (calledOf(j) ? `z${j} · ${calledOf(j)}` : `z${j}`);

// The dimension a column tells, null where it tells something else: a table may call a column of its own "z3".
export function dimensionOf(name) {
  const own = current.info?.columns.find((one) => one.name === name);
  return own?.group === "latent" ? Number(name.slice(1)) : null;
}
// One choice of a list of columns; that of a dimension follows its name.
export const columnOption = ({ name, title }) => element("option", { value: name, ...(dimensionOf(name) === null ? {} : { "data-title-of": dimensionOf(name) }) }, titleOfColumn(name, title));
export const titleOfColumn = (name, title = name) => (dimensionOf(name) === null ? title : titleOf(dimensionOf(name)));

// Of two questions the answer to the later one counts, whichever comes last.
let asked = 0;
let newest = 0;
async function took(space, question) {
  asked += 1;
  const mine = asked;
  const counts = under("space");
  const answer = await question;
  if (space !== state.space || !counts() || mine < newest) return answer;
  newest = mine;
  known = { of: space, ...answer };
  paintNames();
  for (const listener of listeners) listener();
  return answer;
}

export function paintNames() {
  for (const place of document.querySelectorAll("[data-name-of]")) {
    if (!place.querySelector("input")) paintName(place);
  }
  for (const place of document.querySelectorAll("[data-title-of]")) place.textContent = titleOf(Number(place.dataset.titleOf));
  // Beside bars, in heat maps, over histograms.
  for (const place of document.querySelectorAll("#study-panel [data-dimension] .called")) {
    place.textContent = calledOf(place.closest("[data-dimension]").dataset.dimension);
    place.title = place.textContent;
  }
}

export function paintName(place) {
  const j = Number(place.dataset.nameOf);
  const own = known.of === state.space && Boolean(known.own[j]);
  place.textContent = nameOf(j) || (place.dataset.empty ?? "");
  place.classList.toggle("own", own);
  const automatic = known.automatic?.[j];
  place.title = `${own ? `A name somebody gave${automatic ? `; found automatically: ${automatic}` : ""}. ` : automatic ? "Found automatically, after the column with the largest r², R² or share of its entropy explained. " : ""}Double-click or F2 to name z${j}.`;
}

const toldOf = (j, name) => (name ? `z${j} is now called “${name}”.` : `z${j} has no name of its own any more.`);

async function give(space, j, name) {
  const body = JSON.stringify({ name });
  await took(space, getJSON(`spaces/${space}/names/${j}`, { method: "PUT", headers: { "Content-Type": "application/json" }, body }));
}

// A name is kept in the workspace: to undo it is to give the former one, unless somebody gave another meanwhile.
async function giveAgain({ space, dimension: j, before, after }, back) {
  const [from, to] = back ? [after, before] : [before, after];
  const answer = await took(space, getJSON(`spaces/${space}/names`));
  if ((answer.own[j] ?? "") !== from) {
    tell(`z${j} has been given another name meanwhile, which stays.`);
    return;
  }
  await give(space, j, to);
  tell(toldOf(j, to));
}

function edit(place) {
  const j = Number(place.dataset.nameOf);
  const space = state.space;
  let done = false;
  const end = (keep) => {
    if (done) return;
    done = true;
    const name = input.value.trim();
    const before = known.own[j] ?? "";
    paintName(place);
    if (!keep || name === before || (name === (known.automatic?.[j] ?? "") && !before)) return;
    give(space, j, name).then(() => {
      tell(toldOf(j, name));
      did({ kind: "name", space, dimension: j, before, after: name });
    }, tellError);
  };
  const input = element("input", {
    className: "rename", maxlength: 40, "aria-label": `Name of latent dimension ${j}`, placeholder: "name; empty: automatic",
    onblur: () => { if (input.isConnected) end(true); },
    onkeydown: (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Escape") {
        end(event.key === "Enter");
        place.focus();
      }
    },
    onclick: (event) => event.stopPropagation(),
    ondblclick: (event) => event.stopPropagation(),
  });
  input.value = nameOf(j) === "off" ? "" : nameOf(j);
  place.replaceChildren(input);
  input.select();
}

// The relations are known better: so are the names they give.
export async function refreshNames() {
  const space = state.space;
  try {
    await took(space, getJSON(`spaces/${space}/names`));
  } catch (error) {
    tellError(error);
  }
}

const underWay = ({ state: how }) => how === "waiting" || how === "running";

// Names come from all items alone: from a few they would change once all have been looked at.
const find = debounced(async () => {
  const { id } = current.info;
  try {
    let answer = await getJSON(withVisitorId(`spaces/${id}/names`), { method: "POST" });
    if (underWay(answer)) lookAtJobs();
    while (id === state.space && underWay(answer)) {
      await new Promise((resolve) => { setTimeout(resolve, LOOK); });
      answer = await getJSON(`spaces/${id}/names`);
    }
    await took(id, getJSON(`spaces/${id}/names`));
  } catch (error) {
    // A set of which nothing can be told has no names; whoever asks for its relations is told why.
    if (error.status === 429 || !(error.status >= 400 && error.status < 500)) tellError(error);
    if (error.status === 0) onReconnect(find);
  }
}, REST);

export function connectNames() {
  onDeed("name", (deed, back) => giveAgain(deed, back).catch(tellError));
  document.addEventListener("dblclick", (event) => {
    const place = event.target.closest("[data-name-of]");
    if (place && !place.querySelector("input")) edit(place);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F2") return;
    const place = event.target.closest?.("[data-name-of]") ?? event.target.closest?.(".row")?.querySelector("[data-name-of]");
    if (!place) return;
    event.preventDefault();
    edit(place);
  });
  subscribe((changed) => {
    if (!changed.has("space") || !current.info) return;
    const { id } = current.info;
    took(id, getJSON(`spaces/${id}/names`)).then((answer) => {
      if (answer.automatic === null) find();
    }, tellError);
  });
}
