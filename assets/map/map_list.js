// Which maps of the space on show there are, and what they are called.
import { current } from "../core/store.js";

const TITLES = new Map([
  ["pca", "PCA"], ["tsne", "t-SNE"], ["umap", "UMAP"],
  ["pca-3d", "PCA 3-D"], ["tsne-3d", "t-SNE 3-D"], ["umap-3d", "UMAP 3-D"],
]);
const listeners = [];
export const onMapList = (listener) => { listeners.push(listener); };
const tellAll = () => { for (const listener of listeners) listener(); };

export const isUsual = (id) => TITLES.has(id);
export const titleOf = (id) => TITLES.get(id) ?? current.info.titles[id] ?? id;
const isThere = (id) => current.info.projections.includes(id);
// Those that were computed here: what came with the space, or takes no work, is none of them.
export const computedMaps = () => current.info.projections.filter((id) => !current.info.shipped.includes(id) && !/^(pca|z:)/.test(id));

// What a server has told of a map that need not be there yet: its title and how many axes it has.
export function describeMap(id, { name, axes }, info = current.info) {
  if (name) info.titles[id] = name;
  if (axes) info.axes[id] = axes;
}

export function addMap(id) {
  if (isThere(id)) return;
  current.info.projections.push(id);
  tellAll();
}

export function dropMap(id) {
  current.info.projections = current.info.projections.filter((other) => other !== id);
  tellAll();
}
