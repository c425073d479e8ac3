// What requests say of the selection whose answers depend on it.
import { state } from "../core/store.js";

// The colour that tells what is selected from all else.
export const SELECTION = ":selection";

export const showsOnly = () => Boolean(state.chosen && state.view.only);
export const isColour = () => Boolean(state.chosen) && state.color === SELECTION;
export const selectionQuery = () => ({ chosen: state.chosen ?? "", only: showsOnly() });
