// What is deleted for good is asked about once more, in its place.
import { tellError } from "../core/notice.js";
import { element } from "../core/element.js";

// `remove` resolves once it has gone; it takes the row away itself.
export function removeButton(what, remove) {
  const host = element("span", { className: "removal" });
  const button = (text, label, onclick) => element("button", { className: "plain", "aria-label": label, title: label, onclick }, text);
  function rest(focus = false) {
    const first = button("×", `Remove ${what}`, sure);
    host.replaceChildren(first);
    if (focus) first.focus();
  }
  function sure() {
    const keep = button("Keep", `Keep ${what}`, () => rest(true));
    const gone = button("Delete", `Delete ${what} for everybody`, () => {
      gone.disabled = true;
      remove().catch((error) => {
        tellError(error);
        rest(true);
      });
    });
    gone.classList.add("danger");
    host.replaceChildren(gone, keep);
    keep.focus();
  }
  host.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || host.children.length < 2) return;
    event.stopPropagation();
    rest(true);
  });
  rest();
  return host;
}
