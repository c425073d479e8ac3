// One rule for every answer: it counts only under what it was asked. Whoever asks takes the revision along, of those parts of the
// store that the answer depends on, and drops the answer once that has passed.
import { revisionOf } from "./store.js";

// A function that tells whether all `parts` are still what they are now: names of the store, or functions that give whatever else
// an answer depends on.
export function under(...parts) {
  const read = (part) => (typeof part === "function" ? part() : revisionOf(part));
  const asked = parts.map(read);
  return () => parts.every((part, i) => read(part) === asked[i]);
}

// A line of questions, of which the last one counts, and that only under what it was asked. Whoever asks gets the function that
// tells whether it still does.
export function questions(...parts) {
  let last = 0;
  return () => {
    last += 1;
    const mine = last;
    const unchanged = under(...parts);
    return () => mine === last && unchanged();
  };
}

// To a latent point of the space on show: whoever has to ask the server first arrives only if nothing else was gone to, or set
// out for, meanwhile.
export const setOut = questions("goal", "space");
