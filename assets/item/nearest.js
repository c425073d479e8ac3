// The items nearest to the point on show, in latent space.
let nearest = []; // { index, distance }
const listeners = [];

export const nearestItems = () => nearest;
export const setNearest = (items) => { nearest = items; };

// They are told of when they are shown, which is not with every picture while the pointer or a slider moves.
export const onNearest = (listener) => { listeners.push(listener); };
export const tellNearest = () => { for (const listener of listeners) listener(); };
