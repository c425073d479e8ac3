// A visitor's own picture, dropped onto the page.
import { framed } from "./api.js";
import { rememberItem } from "./controls.js";
import { show } from "./decoded.js";
import { isImage } from "./form.js";
import { tell, tellError } from "./notice.js";
import { element } from "./picture.js";
import { current, state, update } from "./store.js";
import { showOwn } from "./touched.js";

export function layDrop() {
  const veil = element("div", { id: "drop-veil", hidden: true }, element("p", {}, "Drop a picture to see what the model makes of it"));
  document.body.append(veil);
  let inside = 0;
  const files = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragenter", (event) => {
    if (!files(event)) return;
    inside += 1;
    veil.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (!files(event)) return;
    inside -= 1;
    if (inside <= 0) veil.hidden = true;
  });
  document.addEventListener("dragover", (event) => { if (files(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    inside = 0;
    veil.hidden = true;
    const [file, ...others] = event.dataTransfer.files;
    if (others.length) tell("One picture at a time: the first is shown.");
    if (file) encode(file);
  });
}

async function encode(file, invert = false) {
  if (!current.info) return;
  if (!isImage() || !current.info.can.encode) {
    tell(isImage() ? "This model cannot encode pictures." : "Items here are no pictures; lay others over the map with Add items.", "error");
    return;
  }
  const { space, projection } = state;
  try {
    const path = `spaces/${space}/encode/${encodeURIComponent(projection)}${invert ? "?invert=1" : ""}`;
    const { about, pixels } = await framed(path, { method: "POST", body: file });
    if (space !== state.space) return;
    const z = Float32Array.from(about.z);
    show(z, pixels, 1);
    update({ z, item: null, spot: null }, { commit: true, own: true });
    rememberItem(null, z);
    showOwn(about, pixels, () => encode(file, !invert));
    tell(about.fitted);
  } catch (error) {
    tellError(error);
  }
}
