// Requests to the server: numbers out, pixels back, one in flight, newest wins.
import { under } from "./revision.js";
export { withVisitorId } from "./visitor.js";

let known = null; // reading it anew would cost milliseconds a request

export function prefix() {
  if (known === null) {
    const config = document.getElementById("_dash-config");
    if (!config) return "/";
    known = JSON.parse(config.textContent).requests_pathname_prefix || "/";
  }
  return known;
}

export const url = (path) => `${prefix()}api/${path}`;

export class Refusal extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

// A server that had gone and answers again is told of; answers to what was asked before it went do not count.
let asked = 0;
let gone = Infinity; // how much had been asked when it went
const backListeners = [];
export const onBack = (listener) => { backListeners.push(listener); };

async function checked(request) {
  asked += 1;
  const mine = asked;
  let answer;
  try {
    answer = await request;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    gone = asked;
    onReconnect(askAnything);
    throw new Refusal(0, "The server does not answer. Is it still running?");
  }
  if (mine > gone) {
    gone = Infinity;
    for (const listener of backListeners) listener();
  }
  if (answer.ok) return answer;
  let sentence = `The server answered with an error (${answer.status}).`;
  try {
    sentence = (await answer.json()).error ?? sentence;
  } catch {
    // Not every error is ours; the status is all there is to tell.
  }
  throw new Refusal(answer.status, sentence);
}

// Whoever has been told that the server is gone is told when it is back, though nothing else is asked for meanwhile.
const askAnything = () => { getJSON("jobs").catch(() => {}); }; // gone once more, it is waited for once more

export async function getJSON(path, options) {
  return (await checked(fetch(url(path), options))).json();
}

// Asks again and again until a server that has gone answers.
const onceBack = new Set();
export async function onReconnect(action) {
  onceBack.add(action);
  if (onceBack.size > 1) return;
  for (let there = false; !there;) {
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
    there = await fetch(url("jobs")).then((answer) => answer.ok, () => false);
  }
  const actions = [...onceBack];
  onceBack.clear();
  for (const one of actions) one();
}

export function postJSON(path, body) {
  return getJSON(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

export const postNumbers = (path, numbers) => numbersOf(path, { method: "POST", body: numbers });

export async function numbersOf(path, options) {
  const answer = await checked(fetch(url(path), options));
  const shape = answer.headers.get("X-Shape").split(",").map(Number);
  return { shape, buffer: await answer.arrayBuffer() };
}

// One line of JSON, then numbers: the bytes of pixels, or float32.
export async function framed(path, options) {
  const answer = await checked(fetch(url(path), options));
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const end = bytes.indexOf(10);
  const about = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  return { about, pixels: about.type === "float32" ? new Float32Array(bytes.slice(end + 1).buffer) : bytes.subarray(end + 1) };
}

// Runs `work` on the newest argument only; whatever was asked for in between is never sent. `done` and `failed` hear of an answer
// only while `parts`, on which it depends, are as they were when it was asked for; `ended` hears of the end of every one.
/**
 * @param {(string | (() => unknown))[]} parts
 * @param {(asked: any) => Promise<any>} work
 * @param {(answer: any, asked: any) => void} done
 * @param {(error: any, asked: any) => void} failed
 * @param {(asked: any) => void} ended
 */
export function latestOnly(parts, work, done, failed, ended = () => {}) {
  let running = false;
  let waiting = null;
  async function run() {
    running = true;
    while (waiting) {
      const { argument, counts } = waiting;
      waiting = null;
      try {
        if (counts()) {
          const answer = await work(argument);
          if (counts()) done(answer, argument);
        }
      } catch (error) {
        if (counts()) failed(error, argument);
      }
      ended(argument);
    }
    running = false;
  }
  return (argument, counts = under(...parts)) => {
    waiting = { argument, counts };
    if (!running) run();
  };
}

export function debounced(action, milliseconds) {
  let timer = 0;
  let now = () => {};
  const later = (...values) => {
    clearTimeout(timer);
    now = () => {
      later.cancel();
      action(...values);
    };
    timer = setTimeout(now, milliseconds);
  };
  later.cancel = () => {
    clearTimeout(timer);
    timer = 0;
  };
  // What was still to come happens now.
  later.flush = () => {
    if (timer) now();
  };
  return later;
}
