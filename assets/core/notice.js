// Notices below the head of the page: whole sentences for what went wrong or has been done. What went wrong stays until it
// is dismissed; the rest goes by itself, but not from under a hand or the eyes that follow the focus.
import { onBack } from "./api.js";
import { element } from "./element.js";

const AT_LEAST = 4000; // milliseconds
const PER_LETTER = 60; // as slow readers read
const MOST = 3; // hints and news at once
const timers = new WeakMap();

const place = () => document.getElementById("notice");
const all = () => [...place().querySelectorAll(".notice")];

// Two live regions that are there before their first sentence, or it would not be read out.
function regionOf(kind) {
  if (!place().children.length) {
    place().append(
      element("div", { role: "alert", "aria-atomic": "false" }),
      element("div", { role: "status", "aria-atomic": "false" }),
    );
  }
  return place().children[kind === "error" ? 0 : 1];
}

export function layNotices() {
  regionOf("info");
  onBack(() => {
    const gone = all().filter((notice) => notice.dataset.cause === "server");
    gone.forEach(remove);
    if (gone.length) tell("The server is back.");
  });
  // In the capturing phase: whatever else Escape closes is still open then, and goes first.
  window.addEventListener("keydown", (event) => {
    const newest = all().at(-1);
    if (event.key !== "Escape" || !newest || isTaken(event.target)) return;
    dismiss(newest);
  }, true);
}

const isTaken = (target) => Boolean(
  document.querySelector("dialog[open], [aria-expanded=true]") || target.closest?.("input:not([readonly]), textarea, select, [contenteditable]"),
);

export function tell(sentence, kind = "info", cause = "") {
  if (!place()) return;
  // Said once more, or more of what is under way: it takes the place of what was said before.
  for (const other of all()) if (other.textContent === sentence || other.dataset.kind === "hint") remove(other);
  const close = element("button", { className: "dismiss", type: "button", "aria-label": "Dismiss", onclick: () => dismiss(notice) });
  const notice = element("div", { className: "notice", "data-kind": kind, "data-cause": cause || null }, element("p", {}, sentence), close);
  regionOf(kind).append(notice);
  if (kind === "error") {
    showKind();
    return;
  }
  for (const old of all().filter((one) => one.dataset.kind !== "error").slice(0, -MOST)) remove(old);
  const leave = () => {
    const held = notice.matches(":hover, :focus-within");
    if (held) timers.set(notice, setTimeout(leave, AT_LEAST));
    else remove(notice);
  };
  timers.set(notice, setTimeout(leave, Math.max(AT_LEAST, PER_LETTER * sentence.length)));
  showKind();
}

function remove(notice) {
  clearTimeout(timers.get(notice));
  notice.remove();
  showKind();
}

// The focus goes on to the next one.
function dismiss(notice) {
  const focused = notice.contains(document.activeElement);
  remove(notice);
  if (focused) all().at(-1)?.querySelector(".dismiss").focus();
}

function showKind() {
  const there = all();
  if (!there.length) delete place().dataset.kind;
  else place().dataset.kind = there.some((notice) => notice.dataset.kind === "error") ? "error" : there.at(-1).dataset.kind;
}

export const tellError = (error) => tell(error.message, "error", error.status === 0 ? "server" : "");
