// Which page is on show: Explore, or one of the questions of Interpret, beside the same map.
import { getJSON, onReconnect } from "../core/api.js";
import { tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { under } from "../core/revision.js";
import { current, state, subscribe, update } from "../core/store.js";
import { openGallery } from "../gallery/gallery.js";
import { clearCards, leaveCards, showCards } from "../interpret/cards.js";

let listing = null; // pages and studies of the space on show
let listingOf = null;
let last = "used"; // the question looked at last

const tabs = () => document.getElementById("study-tabs");
export const interpreting = () => state.page !== "explore";

export function goToPage(name) {
  if (name !== state.page) update({ page: name }, { commit: true });
}

export const toggleInterpret = () => goToPage(interpreting() ? "explore" : last);

export function layPages() {
  document.getElementById("page-explore").addEventListener("click", () => goToPage("explore"));
  document.getElementById("page-interpret").addEventListener("click", () => { if (!interpreting()) goToPage(last); });
  tabs().addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !listing) return;
    event.preventDefault();
    event.stopPropagation();
    const names = listing.pages.map((page) => page.name);
    goToPage(names[(names.indexOf(state.page) + step + names.length) % names.length]);
    tabs().querySelector("[aria-selected=true]")?.focus();
  });
  showWhere();
  // A page that the browser had put aside comes back without being loaded.
  window.addEventListener("pageshow", (event) => { if (event.persisted) show(); });
}

function showWhere() {
  document.body.dataset.page = interpreting() ? "interpret" : "explore";
  document.getElementById("page-explore").setAttribute("aria-pressed", String(!interpreting()));
  document.getElementById("page-interpret").setAttribute("aria-pressed", String(interpreting()));
  document.getElementById("study-panel").hidden = !interpreting();
  for (const tab of tabs().children) {
    const on = tab.dataset.page === state.page;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    if (on) document.getElementById("study-scroll").setAttribute("aria-labelledby", tab.id);
  }
  // Plotly and the canvases fit themselves to their place when the window says that it has changed.
  window.dispatchEvent(new Event("resize"));
}

async function show() {
  showWhere();
  if (!interpreting() || !current.info) {
    leaveCards();
    return;
  }
  last = state.page;
  const space = current.info.id;
  const counts = under("space");
  try {
    if (listingOf !== space) {
      document.getElementById("study-cards").replaceChildren(element("p", { className: "empty busy" }, "Looking …"));
      const found = await getJSON(`spaces/${space}/studies`);
      if (!counts() || listingOf === space) return;
      clearCards();
      listing = found;
      listingOf = space;
      tabs().replaceChildren(...listing.pages.map(({ name, title, question }) => element("button", {
        id: `study-tab-${name}`, type: "button", role: "tab", "data-page": name, title: question, "aria-controls": "study-scroll", onclick: () => goToPage(name),
      }, title)));
      showWhere();
    }
    const page = listing.pages.find((one) => one.name === state.page);
    document.getElementById("study-question").textContent = page.question;
    showCards(state.page, listing.studies.filter((study) => study.page === state.page));
    openGallery();
  } catch (error) {
    if (!counts()) return;
    if (listingOf === space) {
      tellError(error);
      return;
    }
    document.getElementById("study-cards").replaceChildren(
      element("p", { className: "empty" }, error.message), element("button", { className: "plain", onclick: show }, "Try again"),
    );
    if (error.status === 0) onReconnect(show);
  }
}

subscribe((changed) => {
  // Cards of another space must not ask this one, even while nobody sees them.
  if (changed.has("space")) {
    clearCards();
    listingOf = null;
  }
  if (changed.has("page") || changed.has("space")) show();
});
