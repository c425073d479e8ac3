// A heat map is one stop of the keyboard: arrows go from cell to cell, past those that show nothing.
const GRIDS = "table[role=grid]";
const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

const cellsOf = (part) => [...part.querySelectorAll("[tabindex]")];

function next(grid, cell, [down, right]) {
  let row = cell.parentElement.rowIndex;
  let column = cell.cellIndex;
  for (;;) {
    row += down;
    column += right;
    const found = grid.rows[row]?.cells[column];
    if (!found || found.hasAttribute("tabindex")) return found;
  }
}

function wanted(grid, cell, event) {
  if (event.key === "Home") return cellsOf(event.ctrlKey ? grid : cell.parentElement)[0];
  if (event.key === "End") return cellsOf(event.ctrlKey ? grid : cell.parentElement).at(-1);
  return next(grid, cell, STEPS[event.key]);
}

function key(event) {
  const cell = event.target.closest(`${GRIDS} [tabindex]`);
  const ends = event.key === "Home" || event.key === "End";
  if (!cell || event.metaKey || event.altKey || !(ends || (STEPS[event.key] && !event.ctrlKey))) return;
  // At the edge it stays, and no neighbour is stepped to.
  event.preventDefault();
  event.stopPropagation();
  wanted(cell.closest(GRIDS), cell, event)?.focus();
}

// Tab comes back to the cell it left.
function focused(event) {
  const cell = event.target.closest(`${GRIDS} [tabindex]`);
  if (!cell) return;
  for (const other of cellsOf(cell.closest(GRIDS))) other.tabIndex = other === cell ? 0 : -1;
}

export function connectGrids(panel) {
  panel.addEventListener("keydown", key);
  panel.addEventListener("focusin", focused);
}
