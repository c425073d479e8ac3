// What the page's scripts take from elsewhere, as far as they use it: Dash, Plotly, and the DOM where its own types know
// less than the page does. The types of the store and of the server's answers stand here too: they are the scripts' contract.

// ---- Dash and Plotly ----

interface PlotlyElement extends HTMLElement {
  data: any[];
  layout: any;
  on(event: string, listener: (event: any) => void): void;
  removeListener(event: string, listener: Function): void;
  // Private, and known to map/surface.js and map/depth.js alone.
  _ev: { listeners(event: string): Function[] };
  _fullLayout: any;
  _fullData: any[];
  _hoverdata?: any[];
}

interface Window {
  Plotly: {
    restyle(plot: PlotlyElement, changes: object, which?: number[]): Promise<unknown>;
    relayout(plot: PlotlyElement, changes: object): Promise<unknown>;
    toImage(figure: { data: any[]; layout: any }, options: object): Promise<string>;
    Fx: { unhover(plot: PlotlyElement, event: object): void };
  };
  dash_clientside: { set_props(id: string, props: object): void };
  latentExplorer: { onControlChange(name: string, values: any[]): void };
}

// ---- the DOM: there is no element but HTML's and SVG's, which the scripts treat alike ----

interface ParentNode {
  querySelector(selectors: string): any;
  querySelectorAll(selectors: string): NodeListOf<any>;
}
interface Document {
  getElementById(id: string): any;
}
interface Element {
  closest(selectors: string): any;
}
interface EventTarget {
  closest?(selectors: string): any;
}
interface FocusOptions {
  focusVisible?: boolean;
}
interface Node {
  contains(other: EventTarget | null): boolean;
}

// ---- the page's store ----

// Either one value of a column, or a range of it.
interface Part {
  column: string;
  value?: string;
  low?: number;
  high?: number;
}

interface ViewState {
  units?: "sigma";
  pointSize?: number;
  pointOpacity?: number;
  rank?: string;
  rankUp?: boolean;
  pictures?: string;
  layers?: string[];
  layersAsMap?: boolean;
  relation?: [number, string, string];
  choices?: { [select: string]: string };
  manifold?: boolean;
  biplot?: boolean;
  shade?: boolean;
  links?: boolean;
  lens?: boolean;
  offPlane?: boolean;
  only?: boolean;
  among?: boolean;
}

interface State {
  page: string;
  space: string | null;
  projection: string;
  color: string | null;
  item: number | null;
  z: Float32Array | null;
  spot: number[] | null;
  pins: { a: Float32Array | null; b: Float32Array | null };
  frame: number[] | null;
  selection: string[] | null;
  dimension: number | null;
  chosen: string | null;
  within: Part | null;
  view: ViewState;
}

// How a change came about.
interface How {
  commit?: boolean;
  initial?: boolean;
  own?: boolean;
  drawn?: boolean;
  lens?: boolean;
  settling?: boolean;
  slider?: number;
  station?: number;
  answer?: any;
}

// ---- the server's answers ----

interface Column {
  name: string;
  title: string;
  group: "table" | "figure" | "map" | "measured" | "latent";
  parts: string[];
  colours: boolean;
  kind: string;
  measured: string;
  turn: number | null;
  degrees: number;
  step: string | null;
  of_map: boolean;
}

// GET /api/spaces/<id>
interface SpaceInfo {
  id: string;
  kind: string;
  count: number;
  latent_dim: number;
  latent_shape: number[];
  image_shape: number[] | null;
  projections: string[];
  titles: { [map: string]: string };
  axes: { [map: string]: number };
  shipped: string[];
  columns: Column[];
  default_column: string;
  order: number[];
  picture: any;
  left_out: string[];
  left_out_count: number;
  points_up_to: number;
  steps: number;
  dimensions: any[];
  most_pictures: number;
  typical_item: number;
  draws: number;
  all_draws: number;
  variance_shares: number[] | null;
  can: { encode: boolean; variance: boolean };
  value_range: [number, number];
  prior: { mean: number[]; std: number[] };
  pseudo_likelihood: boolean;
}
