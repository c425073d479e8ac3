// A histogram is one stop of the keyboard: arrows go from bar to bar, Enter shows the bar's items on the map.
const HOSTS = ".histogram-host[role=slider]";

function goTo(host, bins, at) {
  bins.forEach((bin, i) => bin.classList.toggle("at", i === at));
  host.setAttribute("aria-valuenow", String(at + 1));
  host.setAttribute("aria-valuetext", bins[at].querySelector("title").textContent);
}

function key(event) {
  const host = event.target.closest(HOSTS);
  if (!host || event.ctrlKey || event.metaKey || event.altKey) return;
  const bins = [...host.querySelectorAll(".bin")];
  const at = bins.findIndex((bin) => bin.classList.contains("at"));
  if (event.key === "Enter" || event.key === " ") bins[at]?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  else {
    const chosen = bins.findIndex((bin) => bin.classList.contains("on"));
    const from = at >= 0 ? at : chosen >= 0 ? chosen : Math.floor(bins.length / 2);
    const target = { ArrowRight: from + 1, ArrowUp: from + 1, ArrowLeft: from - 1, ArrowDown: from - 1, Home: 0, End: bins.length - 1 }[event.key];
    if (target === undefined) return;
    goTo(host, bins, Math.min(bins.length - 1, Math.max(0, target)));
  }
  event.preventDefault();
  event.stopPropagation();
}

export function connectHistograms(panel) {
  panel.addEventListener("keydown", key);
  panel.addEventListener("focusout", (event) => {
    for (const bin of event.target.closest?.(HOSTS)?.querySelectorAll(".bin.at") ?? []) bin.classList.remove("at");
  });
}
