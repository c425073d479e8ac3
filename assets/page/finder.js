// Finding an item by its index, its label or any text of its row.
import { debounced, getJSON, url } from "../core/api.js";
import { goToItem } from "../item/go_to.js";
import { onForget, selectFound, showHits } from "../map/hits.js";
import { tellError } from "../core/notice.js";
import { count } from "../draw/numbers.js";
import { element } from "../core/element.js";
import { questions, setOut } from "../core/revision.js";
import { state } from "../core/store.js";

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
  // The first search in a table makes an index of it, which begins as soon as somebody comes to search.
  let preparedFor = null;
  function prepare() {
    if (preparedFor === state.space) return;
    preparedFor = state.space;
    asking = getJSON(`spaces/${state.space}/find?q=`);
    asking.catch(() => { preparedFor = null; }); // what is wrong the search itself tells
  }
  const searches = questions("space", () => input.value.trim());
  async function lookUp() {
    const text = input.value.trim();
    const counts = searches();
    if (!text) {
      showHits("");
      close();
      return;
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
  input.addEventListener("focus", prepare);
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
