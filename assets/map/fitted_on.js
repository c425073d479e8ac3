// On how many items a t-SNE or UMAP of a large set was fitted.
const counts = new Map(); // by "space/projection"

export const noteFitted = (space, projection, count) => counts.set(`${space}/${projection}`, count);
export const fittedOn = (space, projection) => counts.get(`${space}/${projection}`);
