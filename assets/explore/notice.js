// One line of plain words for what went wrong or has been done.

let timer = 0;

export function tell(sentence, kind = "info", stay = kind === "error" ? 10000 : 4000) {
  const place = document.getElementById("notice");
  if (!place) return;
  place.textContent = sentence;
  place.dataset.kind = kind;
  clearTimeout(timer);
  timer = setTimeout(() => {
    place.textContent = "";
    delete place.dataset.kind;
  }, stay);
}

export const tellError = (error) => tell(error.message, "error");
