// The model card: what the model is, how it is understood, and whether it is well.
import { getJSON } from "../core/api.js";
import { tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { questions } from "../core/revision.js";
import { state } from "../core/store.js";

const HOW = { known: "from its format", stated: "stated", found: "found by trying", measured: "measured" };
let dialog = null;
const cards = questions("space");

export async function showCard() {
  const counts = cards();
  try {
    const card = await getJSON(`spaces/${state.space}/model`);
    if (!counts()) return;
    dialog?.remove();
    dialog = element(
      "dialog",
      { id: "card-dialog", "aria-label": "Model card", onclick: (event) => { if (event.target === dialog) dialog.close(); } },
      element("form", { method: "dialog", className: "dialog-head" }, element("strong", {}, "Model card"), element("button", { className: "plain" }, "Close")),
      element("p", { className: "small" }, card.model),
      element("table", {}, element("tbody", {}, ...card.findings.flatMap(lines))),
      ...card.can.map((sentence) => element("p", { className: "small" }, sentence)),
    );
    document.body.append(dialog);
    dialog.showModal();
    dialog.scrollTop = 0; // the button that has the focus is its end
  } catch (error) {
    if (counts()) tellError(error);
  }
}

function lines({ subject, value, how, warning }) {
  const found = element("tr", {}, element("th", { scope: "row" }, subject), element("td", {}, value), element("td", { className: "how" }, HOW[how]));
  return warning ? [found, element("tr", { className: "warning" }, element("td", {}), element("td", { colSpan: 2 }, warning))] : [found];
}
