// Going to an item, stepping through neighbours, finding one.
import { debounced, getJSON, url } from "./api.js";
import { setAnchor } from "./history.js";
import { onForget, selectFound, showHits } from "./hits.js";
import { tellError } from "./notice.js";
import { count } from "./numbers.js";
import { element } from "./picture.js";
import { questions, setOut } from "./revision.js";
import { state } from "./store.js";
import { goTo } from "./sliders.js";
import { nearestItems } from "./touched.js";

let trail = null; // the neighbours arrows step through, and where they stand

export async function goToItem(index, keepTrail = false) {
  const space = state.space;
  const arrives = setOut();
  try {
    const item = await getJSON(`spaces/${space}/items/${index}`);
    if (!arrives()) return;
    if (!keepTrail) trail = null;
    setAnchor({ space, index, z: Float32Array.from(item.z) });
    goTo(item.z, { item: index });
  } catch (error) {
    if (arrives()) tellError(error);
  }
}

export function stepThroughNeighbours(by) {
  if (!trail) {
    const items = nearestItems().map((item) => item.index);
    if (!items.length) return;
    trail = { items: state.item === null ? items : [state.item, ...items], at: state.item === null ? -1 : 0 };
  }
  trail.at = (trail.at + by + trail.items.length) % trail.items.length;
  goToItem(trail.items[trail.at], true);
}

export function layFinder() {
  const list = element("ul", { id: "found", role: "listbox", hidden: true });
  const input = element("input", {
    id: "find",
    type: "search",
    placeholder: "find item…",
    autocomplete: "off",
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": "found",
    "aria-label": "Find an item by index, label or text",
  });
  document.getElementById("find-host").append(input, list);
  let matches = [];
  let foundFor = ""; // the text they belong to
  let asking = null; // the search under way: whatever is typed meanwhile waits, and only the last of it is looked for
  let at = -1;

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    at = -1;
  }
  function choose(index) {
    close();
    input.blur();
    goToItem(index);
  }
  function mark() {
    [...list.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }
  const searches = questions("space", () => input.value.trim());
  async function lookUp() {
    const text = input.value.trim();
    const counts = searches();
    if (!text) {
      showHits("");
      return close();
    }
    try {
      await asking?.catch(() => {}); // whoever asked tells of that
      if (!counts()) return;
      asking = getJSON(`spaces/${state.space}/find?q=${encodeURIComponent(text)}`);
      const answer = await asking;
      if (!counts()) return;
      matches = answer.matches;
      foundFor = text;
      at = matches.length ? 0 : -1;
      list.replaceChildren(
        ...matches.map((match) =>
          element(
            "li",
            { role: "option", onpointerdown: (event) => { event.preventDefault(); choose(match.index); } },
            element("img", { src: url(`spaces/${state.space}/items/${match.index}.png`), alt: "" }),
            element("span", {}, `${match.id}${match.found ? ` · ${match.found}` : ""}`),
          ),
        ),
        element(
          "li", { className: "total" }, answer.total ? `${count(answer.total)} found` : "nothing found",
          ...(answer.total ? [element("button", { className: "plain", title: "Select them on the map (Shift + Enter)", onpointerdown: (event) => { event.preventDefault(); chooseAll(); } }, `Select all ${count(answer.total)}`)] : []),
        ),
      );
      showHits(answer.total ? text : "");
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      mark();
    } catch (error) {
      if (counts()) tellError(error);
    }
    return undefined;
  }
  function chooseAll() {
    close();
    input.blur();
    selectFound(input.value.trim());
  }
  onForget(() => {
    search.cancel();
    input.value = "";
    close();
    showHits("");
  });
  const search = debounced(lookUp, 120);
  // What stands in the field counts, not what was found before the last letter.
  async function enter() {
    search.cancel();
    const arrives = setOut();
    if (foundFor !== input.value.trim()) await lookUp();
    if (arrives() && foundFor === input.value.trim() && matches[at]) choose(matches[at].index);
  }
  input.addEventListener("input", search);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") { input.value = ""; close(); showHits(""); input.blur(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = Math.min(matches.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)));
      mark();
    }
    if (event.key === "Enter" && event.shiftKey && input.value.trim()) chooseAll();
    else if (event.key === "Enter") enter();
  });
}
