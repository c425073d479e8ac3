// Dates of a column: the server tells them as days since the beginning of 1970. As vae_core/columns/number_form.py writes them.

const DAY = 864e5; // milliseconds
const LETTERS = { year: 4, month: 7, day: 10, minute: 16, second: 19, fraction: 23 };

const written = (days, step) => new Date(Math.round(days * DAY)).toISOString().slice(0, LETTERS[step]);

// As people read it; `step` says how far it goes.
export const date = (days, step) => (Number.isFinite(days) ? written(days, step).replace("T", " ") : "–");

// As a field for dates holds it.
export const isOfDays = (step) => ["year", "month", "day"].includes(step);
export const inField = (days, step) => written(days, isOfDays(step) ? "day" : step === "minute" ? "minute" : "fraction");

// What a field for dates holds, NaN where it holds none; of its last day or minute the end, where `whole` is asked for.
export function outOfField(text, whole = false) {
  const start = Date.parse(`${text.length > 10 ? text : `${text}T00:00`}Z`) / DAY;
  const lasts = text.length <= 10 ? 1 : text.length <= 16 ? 1 / 1440 : 0;
  return start + (whole && lasts ? lasts - 1 / DAY : 0);
}
