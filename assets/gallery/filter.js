// Which items the gallery shows: one value or a range of any column. The map shows the same.
import { getJSON } from "../core/api.js";
import { tellError } from "../core/notice.js";
import { inField, isOfDays, outOfField } from "../draw/dates.js";
import { count } from "../draw/numbers.js";
import { element } from "../core/element.js";
import { questions } from "../core/revision.js";
import { current, state, subscribe, update } from "../core/store.js";
import { columnOption } from "../point/names.js";

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
    else if (told.kind !== "category" && told.low !== null) look({ column: name, low: told.low, high: told.high });
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

// A field for an end of a range: of numbers, or of dates as far as the column has them.
function endField(name, end, changed) {
  const isDate = told.kind === "date";
  const known = current.info.columns.find((one) => one.name === name);
  return element("input", {
    type: isDate ? (isOfDays(told.step) ? "date" : "datetime-local") : "number", step: "any", placeholder: end,
    "aria-label": `${end === "low" ? (isDate ? "Earliest" : "Lowest") : isDate ? "Latest" : "Highest"} ${name}`,
    title: known?.turn ? "An angle: from the higher to the lower end goes through 0°" : "",
    value: told[end] === null ? "" : isDate ? inField(told[end], told.step) : Number(told[end].toPrecision(5)),
    onchange: changed,
  });
}

// The end that a field holds: exactly that of all items where it still stands there or nothing does.
function endOf(field, end) {
  if (["", field.defaultValue].includes(field.value.trim())) return told[end];
  return told.kind === "date" ? outOfField(field.value, end === "high") : Number(field.value);
}

function layRange(name) {
  const changed = () => {
    const [low, high] = ["low", "high"].map((end, i) => endOf(ends[i], end));
    if (Number.isFinite(low) && Number.isFinite(high)) look({ column: name, low, high });
  };
  const ends = ["low", "high"].map((end) => endField(name, end, changed));
  const write = (number) => (told.kind === "date" ? inField(number, told.step) : Number(number.toPrecision(6)));
  paint = () => {
    if (state.within?.low === undefined) return;
    ends[0].value = write(state.within.low);
    ends[1].value = write(state.within.high);
  };
  value.replaceChildren(ends[0], " to ", ends[1]);
  paint();
}

subscribe((changed) => {
  if (changed.has("within") && column) mirror();
});
