// The report: asked for, watched, and downloaded as one file.
import { withVisitorId, getJSON, url } from "../core/api.js";
import { lookAtJobs } from "../core/long_work.js";
import { tell, tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { questions } from "../core/revision.js";
import { state, subscribe } from "../core/store.js";
import { interpreting } from "./pages.js";

const POLL = 500; // milliseconds
const pause = () => new Promise((resolve) => { setTimeout(resolve, POLL); });
const host = () => document.getElementById("study-actions");
const reports = questions("space");

const path = (rest = "") => `spaces/${state.space}/report${rest}`;
const underWay = (answer) => answer.state === "waiting" || answer.state === "running";

function take() {
  const link = element("a", { href: url(path(".html")), download: "" });
  document.body.append(link);
  link.click();
  link.remove();
  tell("The report has been downloaded: one file.");
}

async function make(anew = false) {
  const counts = reports();
  show({ state: "waiting" });
  try {
    const answer = await follow(await getJSON(withVisitorId(path(anew ? "?anew=1" : "")), { method: "POST" }), counts);
    if (answer?.state === "done") take();
    else if (answer?.state === "missing") tell("Something changed while the report was made; press Report once more.", "error");
  } catch (error) {
    if (counts()) show({ state: "failed", error: error.message });
  }
}

// Shows how far it is until it is there; what became of it, or null if something else was asked for meanwhile.
async function follow(first, counts) {
  const here = path();
  let answer = first;
  if (underWay(answer)) lookAtJobs();
  while (underWay(answer) && counts()) {
    show(answer);
    await pause();
    answer = await getJSON(here);
  }
  if (!counts()) return null;
  show(answer);
  return answer;
}

// Whether there is one already, which can then be made anew as well, or one is being made.
async function look() {
  const counts = reports();
  try {
    const answer = await getJSON(path());
    if (counts() && (answer.state === "done" || underWay(answer))) await follow(answer, counts);
  } catch (error) {
    // Nothing was asked for here: whoever presses the button is told. One that was seen to be made must not seem to go on.
    if (counts() && bar?.isConnected) show({ state: "failed", error: error.message });
  }
}

async function cancel() {
  const counts = reports();
  try {
    await getJSON(withVisitorId(path()), { method: "DELETE" });
  } catch (error) {
    tellError(error);
  }
  if (counts()) show({ state: "missing" });
}

let bar = null; // while it is made: rebuilt at every look, Cancel would lose the focus

function show(answer) {
  const focused = host().contains(document.activeElement);
  host().setAttribute("aria-busy", String(underWay(answer)));
  if (underWay(answer)) {
    if (!bar?.isConnected) {
      bar = element("progress", { max: 1, "aria-label": "Progress of the report" });
      host().replaceChildren(element("span", { className: "report-note", role: "status" }), bar, element("button", { id: "report-cancel", className: "plain", onclick: (event) => { if (event.detail < 2) cancel(); } }, "Cancel"));
      if (focused) document.getElementById("report-cancel").focus();
    }
    const note = host().querySelector(".report-note");
    const words = answer.note || "Making the report …";
    if (note.textContent !== words) note.textContent = words;
    if (answer.of) bar.value = answer.step / answer.of;
    return;
  }
  const parts = [element("button", {
    id: "report", className: "plain", onclick: () => make(), title: "Everything on these pages as one file, readable without a server",
  }, answer.state === "done" ? "Make report" : "Report")];
  if (answer.state === "done") {
    // On the left: what was pressed last stays under the pointer.
    parts.unshift(element("button", { id: "report-anew", className: "plain", onclick: () => make(true), title: "Make the report once more, with today's date" }, "Update"));
  } else if (answer.error) {
    parts.unshift(element("span", { className: "report-note bad", role: "alert", title: answer.error }, answer.error));
    tell(answer.error, "error"); // beside the button there may be too little room for it
  }
  host().replaceChildren(...parts);
  if (focused) document.getElementById("report").focus();
}

export function layReportButton() {
  show({ state: "missing" });
  subscribe((changed) => {
    if (changed.has("space")) show({ state: "missing" });
    if ((changed.has("space") || changed.has("page")) && interpreting() && state.space && !host().querySelector("progress")) look();
  });
}
