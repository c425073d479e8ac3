// What a tab remembers over a reload. Some browsers allow no storage to a page in the frame of another site, such as a
// notebook's; there it is remembered as long as the page stands.
const here = new Map();

function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return { getItem: (name) => here.get(name) ?? null, setItem: (name, value) => here.set(name, value) };
  }
}

export const remembered = (name) => storage().getItem(name);
export const remember = (name, value) => storage().setItem(name, value);
