// Whoever has to ask the server before going somewhere arrives only if nothing else was gone to, or set out for, meanwhile.
import { subscribe } from "./store.js";

// A function that sets out, and returns a function that tells whether this is still the last word. Any change of `names` in the
// store is a word of its own; what the lens shows in passing is none.
export function errands(...names) {
  let last = 0;
  subscribe((changed, how) => { if (!how.lens && names.some((name) => changed.has(name))) last += 1; });
  return () => {
    last += 1;
    const mine = last;
    return () => mine === last;
  };
}

// To a latent point of the space on show.
export const setOut = errands("z", "space");
