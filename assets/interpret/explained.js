// What a figure means: one note beside the word, while the pointer rests on it or the keyboard is at it.
import { element } from "../core/element.js";

const ROOM = 8; // pixels from the edge of the window
let note = null;
let of = null; // the word whose note is open

function show(word) {
  if (word === of) return;
  hide();
  note ??= document.body.appendChild(element("div", { id: "explained", role: "tooltip", hidden: true }));
  of = word;
  note.textContent = word.dataset.explained;
  note.hidden = false;
  word.setAttribute("aria-describedby", note.id);
  place();
}

function place() {
  const box = of.getBoundingClientRect();
  const { offsetWidth: w, offsetHeight: h } = note;
  const below = box.bottom + 4 + h < window.innerHeight - ROOM;
  note.style.left = `${Math.max(ROOM, Math.min(box.left, window.innerWidth - w - ROOM))}px`;
  note.style.top = `${below ? box.bottom + 4 : Math.max(ROOM, box.top - h - 4)}px`;
}

function hide() {
  if (!of) return;
  of.removeAttribute("aria-describedby");
  of = null;
  note.hidden = true;
}

function isSeen(word) {
  const [box, frame] = [word, document.getElementById("study-scroll")].map((one) => one.getBoundingClientRect());
  return box.bottom > frame.top && box.top < frame.bottom;
}

const wordAt = (target) => target.closest?.("[data-explained]") ?? null;

export function connectExplained() {
  document.addEventListener("pointerover", (event) => {
    const word = wordAt(event.target);
    if (word) show(word);
    // The note itself can be pointed at, and read with a magnifier.
    else if (!note?.contains(event.target) && document.activeElement !== of) hide();
  });
  document.addEventListener("focusin", (event) => (wordAt(event.target) ? show(wordAt(event.target)) : hide()));
  document.addEventListener("focusout", hide);
  // The keyboard scrolls to the word it goes to: what is said of it goes along, as far as the word is seen.
  document.addEventListener("scroll", () => (of && of === document.activeElement && isSeen(of) ? place() : hide()), true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !of) return;
    event.stopPropagation();
    hide();
  }, true);
  // A card that is drawn anew takes its words with it.
  new MutationObserver(() => { if (of && !of.isConnected) hide(); }).observe(document.getElementById("study-cards"), { childList: true, subtree: true });
}
