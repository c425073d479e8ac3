// Which items the gallery shows: one value or a range of any column. The map shows the same.
import { getJSON } from "../explore/api.js";
import { tellError } from "../explore/notice.js";
import { count } from "../explore/numbers.js";
import { element } from "../explore/picture.js";
import { questions } from "../explore/revision.js";
import { current, state, subscribe, update } from "../explore/store.js";
import { columnOption } from "./names.js";

let column = null;
let value = null;

const look = (within) => update({ within }, { commit: true });

export function filterControl() {
  column = element("select", { id: "filter-column", "aria-label": "Filter by a column", onchange: () => offer(column.value) });
  value = element("span", { id: "filter-value" });
  return element("span", { className: "choice", id: "gallery-filter" }, "only ", column, value);
}

export function showFilter(filters) {
  column.replaceChildren(element("option", { value: "" }, "all items"), ...filters.map(columnOption));
  mirror();
}

// The control shows what is looked at, wherever that was chosen.
function mirror() {
  if (!column?.options.length) return;
  const name = state.within?.column ?? "";
  if (column.value !== name || !value.childNodes.length) {
    column.value = name;
    offer(name, true);
  } else paint();
}

let told = null; // of the column on show
let paint = () => {};

const offers = questions("space", () => column.value);
async function offer(name, mirrored = false) {
  const counts = offers();
  value.replaceChildren();
  paint = () => {};
  if (!name) {
    if (!mirrored && state.within) look(null);
    return;
  }
  try {
    const { space, within } = state;
    const found = await getJSON(`spaces/${space}/columns/${encodeURIComponent(name)}/values`);
    if (!counts()) return;
    told = found;
    if (told.kind === "category") layValues(name);
    else layRange(name);
    if (mirrored || within !== state.within) return; // another part has been chosen meanwhile
    if (told.kind === "category" && told.values.length) look({ column: name, value: told.values[0].value });
    else if (told.kind === "number" && told.low !== null) look({ column: name, low: told.low, high: told.high });
    else look(null);
  } catch (error) {
    if (counts()) tellError(error);
  }
}

function layValues(name) {
  const choice = element("select", { "aria-label": `Value of ${name}`, onchange: () => look({ column: name, value: choice.value }) }, ...told.values.map((one) => element("option", { value: one.value }, `${one.value} (${count(one.count)})`)));
  paint = () => { if (state.within?.value !== undefined) choice.value = state.within.value; };
  value.replaceChildren(choice);
  paint();
}

function layRange(name) {
  const goesRound = Boolean(current.info.columns.find((one) => one.name === name)?.turn);
  const ends = ["low", "high"].map((end) => element("input", {
    type: "number", step: "any", "aria-label": `${end === "low" ? "Lowest" : "Highest"} ${name}`, title: goesRound ? "An angle: from the higher to the lower end goes through 0°" : "", value: told[end] === null ? "" : Number(told[end].toPrecision(5)), placeholder: end,
    onchange: () => {
      const [low, high] = ends.map((one, i) => (["", one.defaultValue].includes(one.value.trim()) ? told[i ? "high" : "low"] : Number(one.value)));
      if (Number.isFinite(low) && Number.isFinite(high)) look({ column: name, low, high });
    },
  }));
  paint = () => {
    if (state.within?.low === undefined) return;
    ends[0].value = Number(state.within.low.toPrecision(6));
    ends[1].value = Number(state.within.high.toPrecision(6));
  };
  value.replaceChildren(ends[0], " to ", ends[1]);
  paint();
}

subscribe((changed) => {
  if (changed.has("within") && column) mirror();
});
