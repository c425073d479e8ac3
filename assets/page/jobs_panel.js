// The list of long work: what runs, how far it is, and what can be done about it.
import { withVisitorId, getJSON } from "../core/api.js";
import { busyWhile } from "../core/busy.js";
import { onLongWork, stepOf, timeOf } from "../core/long_work.js";
import { tell, tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { questions } from "../core/revision.js";

const button = () => document.getElementById("jobs");
const panel = () => document.getElementById("jobs-panel");
const active = (job) => job.state === "waiting" || job.state === "running";
const WORDS = { waiting: "waits for other work", done: "done", cancelled: "cancelled", failed: "failed", interrupted: "interrupted" };

export function layJobs() {
  document.getElementById("cancel-all").addEventListener("click", cancelAll);
  button().addEventListener("click", () => (panel().hidden ? open() : close()));
  document.addEventListener("pointerdown", (event) => {
    if (!panel().hidden && !panel().contains(event.target) && !button().contains(event.target)) close();
  });
  // On the document: the row that had the focus may just have been removed.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel().hidden) return;
    event.stopPropagation();
    close();
    button().focus();
  }, true);
  onLongWork(look);
  look();
}

function open() {
  panel().hidden = false;
  button().setAttribute("aria-expanded", "true");
  panel().focus();
  look();
}

function close() {
  panel().hidden = true;
  button().setAttribute("aria-expanded", "false");
}

// Once now, and again for as long as something runs or somebody looks.
let timer = 0;
const looks = questions();
async function look() {
  clearTimeout(timer);
  const counts = looks();
  let jobs;
  try {
    jobs = await getJSON(withVisitorId("jobs"));
  } catch (error) {
    if (counts() && !panel().hidden) tellError(error);
    return;
  }
  if (!counts()) return;
  const running = jobs.filter(active).length;
  button().dataset.running = String(running);
  button().querySelector(".count").textContent = running || "";
  button().title = running ? `${running} under way` : "Long work";
  if (!panel().hidden) paint(jobs);
  clearTimeout(timer);
  if (running || !panel().hidden) timer = setTimeout(look, 1000);
}

const rows = new Map(); // id -> elements: rebuilt, a button would lose the focus every second

function paint(jobs) {
  const there = new Set(jobs.map((job) => job.id));
  for (const [id, row] of rows) if (!there.has(id)) { row.root.remove(); rows.delete(id); }
  panel().querySelector(".empty").hidden = jobs.length > 0;
  paintAll(jobs.filter((job) => active(job) && job.mine).length);
  for (const job of jobs.toReversed()) {
    let row = rows.get(job.id);
    if (!row || row.state !== job.state) {
      const made = layRow(job);
      if (row) row.root.replaceWith(made.root);
      else panel().querySelector(".jobs-head").after(made.root);
      row = made;
      rows.set(job.id, row);
    }
    // Nobody wants it any more, and it has not heard so yet.
    if (active(job) && job.visitors === 0) row.words.textContent = "stopping …";
    else row.words.textContent = active(job) ? [(job.kind === "projection" ? stepOf(job) : job.note) || WORDS[job.state], timeOf(job, job.kind === "projection" ? "of this step" : ""), others(job)].filter(Boolean).join(" · ") : [job.error || `${WORDS[job.state]} · ${timeOf(job)}`, job.goes_on ? "started again it goes on from there" : ""].filter(Boolean).join(" · ");
    if (job.of) row.bar.value = job.step / job.of;
  }
}

// All that this visitor waits for, at once.
function paintAll(count) {
  const all = document.getElementById("cancel-all");
  all.hidden = count < 2;
  all.textContent = `Cancel all ${count}`;
}

async function cancelAll() {
  try {
    const ended = await busyWhile(document.getElementById("cancel-all"), getJSON(withVisitorId("jobs"), { method: "DELETE" }));
    const names = ended.map(({ title, visitors }) => (visitors ? `${title} (goes on for others)` : title));
    tell(ended.length ? `Cancelled ${names.length}: ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}.` : "Nothing was under way.");
  } catch (error) {
    tellError(error);
  }
  panel().focus();
  look();
}

const others = ({ visitors }) => (visitors > 1 ? `wanted by ${visitors} visitors` : "");

function layRow(job) {
  const words = element("p", { className: "small" });
  const bar = element("progress", { max: 1, "aria-label": `Progress of ${job.title}`, hidden: !active(job) });
  const act = (text, path, method) => element("button", { className: "plain", onclick: (event) => busyWhile(event.currentTarget, ask(path, method)) }, text);
  const path = `jobs/${job.id}`;
  const actions = active(job)
    ? [act("Cancel", withVisitorId(path), "DELETE")]
    : [...(job.state === "done" ? [] : [act("Start again", withVisitorId(`${path}/restart`), "POST")]), act("Remove", path, "DELETE")];
  const root = element("div", { className: "job", "data-state": job.state }, element("strong", {}, job.title), bar, words, element("div", { className: "job-actions" }, ...actions));
  return { root, words, bar, state: job.state };
}

async function ask(path, method) {
  try {
    await getJSON(path, { method });
  } catch (error) {
    tellError(error);
  }
  look();
}
