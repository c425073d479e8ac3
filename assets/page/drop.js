// A visitor's own picture, opened with a button or dropped onto the page; a file of other data becomes a layer.
import { framed } from "../core/api.js";
import { show } from "../point/decoded.js";
import { isImage } from "../draw/form.js";
import { addLayer } from "../map/layer_places.js";
import { tell, tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { setOut } from "../core/revision.js";
import { current, state, subscribe, update } from "../core/store.js";
import { rememberItem } from "../item/to_item.js";
import { showOwn } from "../item/panel.js";

const takesPictures = () => isImage() && current.info.can.encode;
const LAYER = /\.np[yz]$/i;

function layButton() {
  const input = element("input", { type: "file", id: "picture-file", accept: ".png,.jpg,.jpeg,.gif,.bmp,.webp,.tif,.tiff", hidden: true, "aria-label": "Picture", onchange: () => { if (input.files[0]) encode(input.files[0]); input.value = ""; } });
  document.body.append(input);
  const button = document.getElementById("open-picture");
  button.addEventListener("click", () => input.click());
  subscribe((changed) => { if (changed.has("space")) button.hidden = !takesPictures(); });
}

export function layDrop() {
  layButton();
  const veil = element("div", { id: "drop-veil", hidden: true }, element("p", {}, "Drop a picture to see what the model makes of it, or an .npz or .npy file to lay its items over the map"));
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
    if (others.length) tell("One file at a time: the first is taken.");
    if (file && LAYER.test(file.name)) addLayer(file);
    else if (file) encode(file);
  });
}

async function encode(file, invert = false) {
  if (!current.info) return;
  if (!takesPictures()) {
    tell(isImage() ? "This model cannot encode pictures." : "The items of this space are not pictures; lay others over the map with “Add a layer …” in its settings.", "error");
    return;
  }
  const { space, projection } = state;
  const arrives = setOut();
  try {
    const path = `spaces/${space}/encode/${encodeURIComponent(projection)}${invert ? "?invert=1" : ""}`;
    const { about, pixels } = await framed(path, { method: "POST", body: file });
    if (!arrives()) return;
    const z = Float32Array.from(about.z);
    show(z, pixels, 1);
    update({ z, item: null, spot: null }, { commit: true, own: true });
    rememberItem(null, z);
    showOwn(about, pixels, () => encode(file, !invert));
    tell(about.fitted);
  } catch (error) {
    if (arrives()) tellError(error);
  }
}
