// What latent dimensions are called: names found by themselves, and those a person gave.
import { debounced, getJSON } from "../explore/api.js";
import { tell, tellError } from "../explore/notice.js";
import { element } from "../explore/picture.js";
import { current, state, subscribe } from "../explore/store.js";

const REST = 1500; // milliseconds after the space is there: names are never waited for
let known = { of: null, own: {}, automatic: null };

export const nameOf = (j) => (known.of === state.space ? known.own[j] || known.automatic?.[j] || "" : "");

function took(space, answer) {
  if (space !== state.space) return;
  known = { of: space, ...answer };
  paintNames();
}

export function paintNames() {
  for (const place of document.querySelectorAll("[data-name-of]")) {
    if (!place.querySelector("input")) paintName(place);
  }
  // Names people gave stand beside the bars of the dimensions as well.
  for (const bar of document.querySelectorAll("#study-panel [data-dimension] > .bar-name")) {
    bar.dataset.own = known.of === state.space ? known.own[bar.parentElement.dataset.dimension] ?? "" : "";
  }
}

export function paintName(place) {
  const j = Number(place.dataset.nameOf);
  const own = known.of === state.space && Boolean(known.own[j]);
  place.textContent = nameOf(j) || (place.dataset.empty ?? "");
  place.classList.toggle("own", own);
  const automatic = known.automatic?.[j];
  place.title = `${own ? `A name somebody gave${automatic ? `; found by itself: ${automatic}` : ""}. ` : automatic ? "Found by itself: the column it is linked to most. " : ""}Double-click or F2 to name z${j}.`;
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
    getJSON(`spaces/${space}/names/${j}`, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name }) })
      .then((answer) => {
        took(space, answer);
        tell(name ? `z${j} is called ${name} from now on.` : `z${j} has its own name no more.`);
      }, tellError);
  };
  const input = element("input", {
    className: "rename", maxlength: 40, "aria-label": `Name of latent dimension ${j}`, placeholder: "name; empty: found by itself",
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
    took(space, await getJSON(`spaces/${space}/names`));
  } catch (error) {
    tellError(error);
  }
}

const find = debounced(async () => {
  const { id } = current.info;
  try {
    took(id, await getJSON(`spaces/${id}/names`, { method: "POST" }));
  } catch (error) {
    // A set of which nothing can be told has no names; whoever asks for its relations is told why.
    if (!(error.status >= 400 && error.status < 500)) tellError(error);
  }
}, REST);

export function connectNames() {
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
    getJSON(`spaces/${id}/names`).then((answer) => {
      took(id, answer);
      if (answer.automatic === null) find();
    }, tellError);
  });
}
