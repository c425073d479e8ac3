// Numbers as people read them: a true minus, thousands set apart, no minus before nothing. As vae_core/drawing/numbers.py has them.

const NARROW = "\u00a0"; // does not break
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = (power) => String(power).replace("-", "⁻").replace(/\d/g, (digit) => RAISED[digit]);
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

// A true minus before what JavaScript wrote, and none before zeros.
export const signed = (text) => (/[1-9]/.test(text) ? text.replace("-", "−") : text.replace("-", ""));

function grouped(text) {
  const [whole, ...rest] = text.split(".");
  return signed([whole.replace(/\B(?=(\d{3})+$)/g, ","), ...rest].join("."));
}

const times = (mantissa, power) => `${signed(mantissa)}${NARROW}·${NARROW}10${raised(power)}`;

// With so many places behind the point; a dash where there is none.
export const fixed = (value, places) => (isNumber(value) ? grouped(value.toFixed(places)) : "–");

export const count = (value) => fixed(value, 0);

// With so many significant digits.
export function plain(value, digits = 3) {
  if (!isNumber(value)) return "–";
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size >= 7 || size < -4) {
    const [mantissa, power] = value.toExponential(digits - 1).split("e");
    return times(mantissa, Number(power));
  }
  return fixed(value, Math.max(0, digits - 1 - size));
}

// As plain, without zeros at the end: for axes and tight places.
export function short(value, digits = Math.abs(value) >= 100 ? 4 : 3) {
  if (!isNumber(value)) return "–";
  const text = plain(value, digits);
  const [head, ...power] = text.split(NARROW);
  return [head.includes(".") ? head.replace(/\.?0+$/, "") : head, ...power].join("");
}

// A share in [0, 1]; small ones with one more digit, and none as 0 or 100 that is not.
export function percent(share, least = 0) {
  if (!isNumber(share)) return "–";
  const value = 100 * share;
  const size = Math.abs(value);
  if (size > 0 && size < 0.05) return `<${NARROW}0.1${NARROW}%`;
  let places = size > 0 && size < 9.95 ? Math.max(least, 1) : least;
  while (Number(value.toFixed(places)) === 100 && value < 100 && places < 4) places += 1;
  return `${fixed(value, places)}${NARROW}%`;
}

// Whatever a table holds: whole numbers whole, others short, texts as they are.
export function tidy(value) {
  if (value === null || value === undefined) return "missing";
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? count(value) : plain(value);
}
