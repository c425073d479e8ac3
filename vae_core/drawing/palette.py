"""Colours of data: told apart by every eye, on light and on dark."""

from __future__ import annotations

#: Okabe & Ito (2008) without black, which no dark page can show.
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#B8AB10", "#7F7F7F")
#: Beyond eight classes: Tol's "muted" and "light" schemes (Tol 2021), always together with marker shapes.
MANY = (
    *("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#B8AB10", "#882255", "#44AA99", "#AA8F66"),
    *("#332288", "#EE8866", "#77AADD", "#117733", "#FFAABB", "#999933", "#AA4499", "#99DDFF", "#BBCC33", "#6699CC"),
)
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "star", "triangle-down", "hexagon", "x", "pentagon")
#: A turn in steps of a twelfth, the last as the first: light, orange, dark, blue. A loop through OKLab in lightness and
#: from blue to yellow, which a dichromat sees too: two that are a sixth of the turn or more apart differ by 0.15 to
#: every eye.
CYCLIC = (
    *("#B4ACCE", "#D3A392", "#DE854D", "#CF5D00", "#AD3D09", "#843236", "#61325E"),
    *("#4E368E", "#4A41C1", "#535CEB", "#6A7FFF", "#8D9EF5", "#B4ACCE"),
)
#: Lines and bars that stand for no class: the accent of the page, then neutral and cold inks that no class has.
PLAIN = ("#5C7CFA", "#868E96", "#9775FA", "#22A6B8", "#91A7FF", "#ADB5BD", "#7048E8", "#3B8A94")
#: Missing values.
MISSING = "#9A9A9A"
#: Perceptually uniform, for numbers; and around zero (Moreland's cool-warm family, softened).
SEQUENTIAL = "Viridis"
DIVERGING = "RdBu_r"


def category_style(position: int, of: int) -> tuple[str, str]:
    """Return colour and marker symbol of the category at `position` among `of`."""
    if of <= len(OKABE_ITO):
        return OKABE_ITO[position], "circle"
    return MANY[position % len(MANY)], SYMBOLS[(position // 7) % len(SYMBOLS)]


def sector_ink(sector: int, of: int) -> str:
    """Return the colour of the middle of a sector of a turn that is cut into so many; a divisor of 6."""
    return CYCLIC[(2 * sector + 1) * (len(CYCLIC) - 1) // (2 * of)]


def plain_ink(position: int) -> str:
    """Return the ink of the channel at `position` of a line or a row of bars, which is that of no class."""
    return PLAIN[position % len(PLAIN)]
