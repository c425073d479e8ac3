// One line of plain words for what went wrong or has been done.

let timer = 0;

export function tell(sentence, kind = "info", stay = kind === "error" ? 10000 : 4000) {
  const place = document.getElementById("notice");
  // A hint never takes the place of something that went wrong.
  if (!place || (kind === "hint" && place.dataset.kind === "error")) return;
  place.textContent = sentence;
  place.dataset.kind = kind;
  clearTimeout(timer);
  timer = setTimeout(() => {
    place.textContent = "";
    delete place.dataset.kind;
  }, stay);
}

export const tellError = (error) => tell(error.message, "error");
