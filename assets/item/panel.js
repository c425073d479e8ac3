// What stands beside the map: trust, the item touched, and the nearest real items.
import { debounced, framed, getJSON, latestOnly, url } from "../core/api.js";
import { onAnswer } from "../point/decoded.js";
import { carryNow, carryOwn, onEntry } from "../core/history.js";
import { nearestItems, setNearest, tellNearest } from "./nearest.js";
import { tellError } from "../core/notice.js";
import { fixed, tidy } from "../draw/numbers.js";
import { compared, posteriorSamples } from "./comparison.js";
import { element } from "../core/element.js";
import { priorMean, setPosterior } from "../point/sliders.js";
import { current, sameNumbers, state, subscribe } from "../core/store.js";
import { goToItem } from "./go_to.js";
import { titleOf } from "../point/names.js";

let shownItem = null; // what the server told of the item on show
let own = null; // { space, z, about, pixels, again }: the item on show, or last on show, that is none of the space
let others = []; // the last ones there were: gone back to, each is judged as what it is

const KEPT = 20;
const MOST_BYTES = 1e6; // of pixels that the browser is given to keep with its history

export const itemOnShow = () => shownItem;

const host = (id) => document.getElementById(id);

function thumbnail(index, distance) {
  const picture = element("img", { src: url(`spaces/${state.space}/items/${index}.png`), alt: `Item ${index}`, loading: "lazy" });
  const button = element("button", { className: "thumb", title: `Item ${index}, distance ${fixed(distance, 2)}`, onclick: () => goToItem(index) }, picture);
  button.dataset.index = index;
  return button;
}

const LEVELS = [["high", 0.75], ["edge", 0.5], ["low", 0.15], ["none", 0]];
const levelOf = (score) => LEVELS.find(([, least]) => score >= least)[0];

// The server knows dimensions by their numbers.
const named = (words) => words.replace(/^z(\d+)(?= is)/, (_, j) => titleOf(Number(j)));

// Indicators that do not apply keep their place: nothing jumps.
function paintTrust(told) {
  const about = isOwn(own) ? { ...told, ...trustOf(own.about) } : told;
  const panel = host("trust");
  const score = about.believed;
  panel.dataset.level = score === null ? "absent" : levelOf(score);
  panel.querySelector("strong").textContent = score === null ? "–" : fixed(score, 2);
  panel.querySelector(".words").textContent = named(about.trust_in_words);
  panel.querySelectorAll(".dot").forEach((dot, i) => { dot.dataset.on = String(score !== null && score >= [0.15, 0.5, 0.75][i]); });
  for (const row of panel.querySelectorAll("[data-indicator]")) {
    const name = row.dataset.indicator;
    const value = about[name];
    row.dataset.level = value === null ? "absent" : levelOf(value);
    row.dataset.worst = String(value !== null && value === score && score < 0.75);
    row.querySelector(".score").textContent = value === null ? "–" : fixed(value, 2);
    row.querySelector(".fill").style.width = `${100 * (value ?? 0)}%`;
    row.dataset.meaning ??= row.title;
    const words = named(about.words[name]);
    row.title = `${words[0].toUpperCase()}${words.slice(1)}. ${row.dataset.meaning}`;
    row.setAttribute("aria-label", `${row.dataset.name}: ${value === null ? "does not apply" : fixed(value, 2)}, ${words}`);
  }
}

// An item that is none of the space is judged as an item all the same, and not as the bare point it was encoded to.
const trustOf = ({ believed, near, map, faithful, words, trust_in_words: reason }) => ({ believed, near, map, faithful, words, trust_in_words: reason });

function paintNearest() {
  tellNearest();
  const nearest = nearestItems();
  const grid = host("nearest");
  if (!grid) return;
  const same = grid.children.length === nearest.length && nearest.every((item, i) => Number(grid.children[i].dataset.index) === item.index);
  if (!same) grid.replaceChildren(...nearest.map((item) => thumbnail(item.index, item.distance)));
}

// Twelve pictures an answer would hold up the next one while the pointer or a slider moves.
const paintNearestSoon = debounced(paintNearest, 80);
const paintNearestAtRest = debounced(paintNearest, 250);

// Words that change with every picture cannot be read, and painting them would hold the next picture up.
let newestAbout = null;
let painting = 0;
function paintTrustSoon() {
  painting ||= setTimeout(() => {
    painting = 0;
    paintTrust(newestAbout);
  }, 150);
}

function section(title, ...content) {
  return element("section", {}, element("h3", {}, title), ...content);
}

function frame(...parts) {
  spotShown = null;
  host("touched").replaceChildren(...parts, section("Nearest items", element("div", { id: "nearest", className: "thumbs" })));
  paintNearest();
}

// What a page says that nobody has touched yet.
const INVITATION = "A typical item to begin with. Click a point of the map for another item, an empty spot to decode it, or drag a slider.";
let inviting = false;
// Whether the item on show is one that nobody has chosen.
export const isUnchosen = () => inviting;

const DRAWN = "A draw from the prior, decoded; it has no original. Nothing was encoded, so there is no reconstruction, rate or distortion.";

function paintItem(item, pixels) {
  const { encode, variance } = current.info.can;
  const error = variance && item.distortion_error !== null ? ` ± ${tidy(item.distortion_error)}` : "";
  const oneDraw = variance && item.distortion_error === null ? " from one posterior sample" : "";
  const id = item.id === String(item.index) ? [] : [fact("id", item.id, "Its id in the whole data set; the number of the item is its place among those shown here")];
  const facts = id.concat(Object.entries(item.row).slice(0, 8).map(([name, value]) => fact(name, tidy(value))));
  const latents = element("details", {}, element("summary", {}, variance ? "Latent values ± σ" : "Latent values"), latentTable(item));
  frame(
    inviting ? element("p", { className: "invite" }, INVITATION) : "",
    element("div", { className: "item-head" }, element("strong", {}, `Item ${item.index}`), element("dl", {}, ...facts.flat())),
    encode ? compared(pixels) : element("p", { className: "footnote" }, DRAWN),
    element(
      "dl",
      { className: "figures" },
      ...(variance ? fact("rate", `${tidy(item.rate)} nats`) : []),
      ...(encode ? fact("distortion", `${tidy(item.distortion)}${error} nats${oneDraw}${current.info.pseudo_likelihood ? " *" : ""}`) : []),
    ),
    encode && current.info.pseudo_likelihood
      ? element("p", { className: "footnote" }, "* A Bernoulli on grey pixels is a pseudo-likelihood: compare these figures with each other only.")
      : "",
    variance ? section("Posterior samples", element("div", { className: "thumbs samples" }, ...posteriorSamples(pixels))) : "",
    latents,
  );
}

function latentTable(item) {
  const lines = current.info.order.map((j) =>
    element(
      "tr",
      {},
      element("td", { "data-title-of": j }, titleOf(j)),
      element("td", {}, current.info.can.variance ? `${fixed(item.z[j], 2)} ± ${fixed(item.std[j], 2)}` : fixed(item.z[j], 2)),
      element("td", {}, item.rate_by_dimension[j] === null ? "" : `${fixed(item.rate_by_dimension[j], 2)} nats`),
    ),
  );
  return element("table", {}, element("tbody", {}, ...lines));
}

const fact = (name, value, title) => [element("dt", { title }, name), element("dd", { title }, value)];

const loadItem = latestOnly(
  ["space", "item"],
  async ({ space, index }) => {
    const [item, pictures] = await Promise.all([
      getJSON(`spaces/${space}/items/${index}`),
      framed(`spaces/${space}/items/${index}/pictures`),
    ]);
    return { item, pixels: pictures.pixels };
  },
  ({ item, pixels }) => {
    shownItem = { ...item, pixels };
    setNearest(item.nearest);
    paintItem(item, pixels);
    setPosterior(item);
  },
  tellError,
);

// What is known of the item on show has changed.
export function reloadItem() {
  if (state.item !== null) loadItem({ space: state.space, index: state.item });
}

const isOwn = (one) => one !== null && one.space === state.space && state.item === null && sameNumbers(one.z, state.z);

function keepOwn(one) {
  others = [one, ...others.filter(({ space, z }) => space !== one.space || !sameNumbers(z, one.z))].slice(0, KEPT);
}

// A picture somebody dropped: what was done to it, and what the model makes of it.
export function showOwn(about, pixels, again = null) {
  own = { space: state.space, z: Float32Array.from(about.z), about, pixels, again };
  keepOwn(own);
  carryNow();
  frame(
    element(
      "div",
      { className: "item-head" },
      element("strong", {}, about.fitted ? "Your picture" : "New item"),
      element("p", {}, about.fitted ?? about.told),
      again ? element("button", { className: "plain", onclick: again }, "Invert its brightness") : "",
    ),
    compared(pixels, about.fitted ? "your picture, fitted" : "original"),
  );
  setPosterior(about.std ? { z: about.z, std: about.std } : null);
}

// Differences lie on the page's ground, which has changed.
export function repaintTouched() {
  if (shownItem && state.item !== null) paintItem(shownItem, shownItem.pixels);
  else if (own && !spotShown) showOwn(own.about, own.pixels, own.again);
}

// The browser's history keeps what it was; the file it came from lives as long as the page.
carryOwn(() => (isOwn(own) && own.pixels.byteLength <= MOST_BYTES ? { space: own.space, about: own.about, pixels: own.pixels.slice() } : null));
onEntry((kept) => {
  if (!kept) return;
  const one = { ...kept, z: Float32Array.from(kept.about.z), again: null };
  if (!others.some(({ space, z }) => space === one.space && sameNumbers(z, one.z))) keepOwn(one);
});

let spotShown = null; // the words that stand where an item would, if they do

function paintSpot() {
  shownItem = null;
  const mine = sameNumbers(state.z, priorMean()) ? "This is the prior mean." : "A latent point of your own.";
  const what = state.spot ? "An empty spot of the map, decoded." : mine;
  if (spotShown === what) return;
  setPosterior(null);
  frame(element("p", { className: "empty" }, what));
  spotShown = what;
}

onAnswer((about, asked) => {
  newestAbout = about;
  if (asked.moving) paintTrustSoon();
  else paintTrust(about);
  if (state.item === null || !shownItem || !sameNumbers(Float32Array.from(shownItem.z), state.z)) {
    setNearest(about.nearest);
    if (asked.moving) paintNearestAtRest();
    else paintNearestSoon();
  }
});

subscribe((changed, how) => {
  if (!current.info) return;
  if (changed.has("space")) setNearest([]); // indices mean other items there
  if (changed.has("z") || changed.has("item")) inviting = Boolean(how.initial);
  if (changed.has("item") && state.item !== null) {
    own = null;
    loadItem({ space: state.space, index: state.item });
  } else if (how.own) {
    shownItem = null;
  } else if (state.item === null && (changed.has("space") || changed.has("item") || changed.has("z") || changed.has("spot"))) {
    // A picture of one's own stays beside its sliders, and comes back with its point.
    const known = others.find(isOwn);
    if (known) {
      showOwn(known.about, known.pixels, known.again);
      return;
    }
    if (changed.has("space")) own = null;
    if (own && how.slider !== undefined && !spotShown) return;
    if (how.answer) setNearest(how.answer.nearest);
    paintSpot();
  }
});
