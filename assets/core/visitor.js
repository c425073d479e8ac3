// Who asks: one visitor's cancelling must not take the work from another. A tab keeps its name over a reload; one that was
// duplicated came with the name of the other, and takes a new one.
import { remember, remembered } from "./remember.js";

const PATIENCE = 500; // milliseconds a tab waits for a name, which its own page before a reload may still have
const HEARD = 150; // and for another tab to say that the name is taken, where the browser has no locks; a busy one says it later

let name = newName(); // until it is settled
export const withVisitorId = (path) => `${path}${path.includes("?") ? "&" : "?"}visitor=${name}`;

function newName() {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join("");
}

// Held as long as the page lives; whether it could be had.
function holdLock(wanted) {
  return new Promise((resolve) => {
    navigator.locks.request(`visitor ${wanted}`, { signal: AbortSignal.timeout(PATIENCE) }, () => {
      resolve(true);
      return new Promise(() => {});
    }).catch(() => resolve(false)); // somebody has it, or a frame may have no locks
  });
}

// Browsers have locks on a safe origin only; anywhere else the tabs ask each other.
let settled = false;
function askAround(wanted) {
  const tabs = new BroadcastChannel("visitors");
  const me = newName();
  return new Promise((resolve) => {
    tabs.addEventListener("message", ({ data }) => {
      if (settled && data.asked === name) tabs.postMessage({ taken: name, by: data.by });
      else if (data.taken === wanted && data.by === me) {
        resolve(false);
        if (settled && name === wanted) rename();
      }
    });
    tabs.postMessage({ asked: wanted, by: me });
    setTimeout(() => resolve(true), HEARD);
  });
}

function rename() {
  name = newName();
  remember("visitor", name);
}

// Before anything is asked of the server.
export async function nameMyself() {
  const hold = navigator.locks ? holdLock : askAround;
  const known = remembered("visitor");
  if (known && (await hold(known))) name = known;
  else hold(name); // nobody else can have it
  remember("visitor", name);
  settled = true;
}
