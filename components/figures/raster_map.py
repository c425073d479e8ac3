"""Maps of so many items that they are drawn as a picture, for the part in view."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Collection

import numpy as np
from PIL import Image
from plotly.colors import get_colorscale

from vae_core import LatentSpace, Projection
from vae_core.browse.colouring import SELECTION, Classes, Scale, colouring
from vae_core.drawing.palette import MISSING
from vae_core.drawing.point_density import View, colour_steps, draw_classes, draw_values
from vae_core.groups.item_set import ItemSet

#: Maps of more items are drawn as a picture.
POINTS_UP_TO = 100_000
#: With no more items than this in view they are drawn one by one.
FEW = 4_000
#: Items drawn of a map with depth.
IN_DEPTH = 20_000
_KEPT = 3
_DIMMED = 0.28  # of the opacity, of what is not selected
#: Up to so many items in view each is drawn so many pixels wider on every side.
_GROWN = ((20_000, 2), (200_000, 1))


def plotted_items(count: int, projection: Projection, points_up_to: int) -> np.ndarray | None:
    """Return the numbers of the items a figure holds as points: None for all, none of a big flat map, some in depth."""
    if count <= points_up_to:
        return None
    if projection.dimensions == 2:
        return np.empty(0, dtype=np.int64)
    return np.sort(np.random.default_rng(0).permutation(count)[:IN_DEPTH])


class BigMap:
    """A flat map in one column's colours, ready to be drawn for any part of it.

    Parameters
    ----------
    projection : Projection
        The map.
    chosen : Classes or Scale
        What colours it.
    """

    def __init__(self, projection: Projection, chosen: Classes | Scale) -> None:
        self.chosen = chosen
        self._x, self._y = projection.points[:, 0].copy(), projection.points[:, 1].copy()
        if isinstance(chosen, Classes):
            self._inks = np.array([_rgb(colour) for colour in chosen.colours], dtype=np.uint8).reshape(-1, 3)
        else:
            self._palette = _palette(chosen.scale)
            span = chosen.high - chosen.low
            self._shares = (chosen.values - chosen.low) / np.float32(span) if span else np.zeros_like(chosen.values)

    def items_in(self, view: View, hidden: Collection[str] = (), only: ItemSet | None = None) -> np.ndarray:
        """Return the numbers of the items in view, without those of hidden classes; of a set alone if one is given."""
        index = np.flatnonzero(view.contains(self._x, self._y))
        if isinstance(self.chosen, Classes) and hidden:
            index = index[np.isin(self.chosen.codes[index], self.chosen.visible_codes(hidden))]
        return index if only is None else index[only.mask[index]]

    def points(self, index: np.ndarray) -> np.ndarray:
        """Return items as float32 ``[m, 4]``: number, x, y, and the colour as one number, 65536 r + 256 g + b."""
        colours = self._colours(index).astype(np.int64) @ (65536, 256, 1)
        return np.column_stack([index, self._x[index], self._y[index], colours]).astype(np.float32)

    def picture(
        self, view: View, index: np.ndarray, selected: ItemSet | None = None, grown: int | None = None
    ) -> bytes:
        """Return a WebP image of items in view, transparent where none is.

        Parameters
        ----------
        view : View
            The part of the map.
        index : ndarray
            ``[m]`` numbers of the items, as of `within`.
        selected : ItemSet, optional
            The items that stand out from all others.
        grown : int, optional
            By so many pixels each item is wider on every side; by default the more the fewer they are.
        """
        if grown is None:
            grown = next((pixels for most, pixels in _GROWN if len(index) <= most), 0)
        pixels = self._pixels(view, index, grown)
        if selected is not None:
            pixels[..., 3] = np.rint(_DIMMED * pixels[..., 3])
            above = self._pixels(view, index[selected.mask[index]], grown)
            pixels = np.where(above[..., 3:] > 0, above, pixels)
        file = io.BytesIO()
        # Lossless; a third of the time PNG takes.
        Image.fromarray(pixels).save(file, "WEBP", lossless=True, quality=0, method=0)
        return file.getvalue()

    def _pixels(self, view: View, index: np.ndarray, grown: int) -> np.ndarray:
        """Draw items, uint8 ``[h, w, 4]``, the top row first."""
        x, y = self._x[index], self._y[index]
        if isinstance(self.chosen, Classes):
            return draw_classes(x, y, self.chosen.codes[index], self._inks, view, grown)
        circular = bool(self.chosen.turn)
        missing = np.array(_rgb(MISSING), dtype=np.uint8)
        return draw_values(x, y, self._shares[index], self._palette, missing, view, circular=circular, grown=grown)

    def _colours(self, index: np.ndarray) -> np.ndarray:
        """Return the colours of items, uint8 ``[m, 3]``."""
        if isinstance(self.chosen, Classes):
            inks: np.ndarray = self._inks[self.chosen.codes[index]]
            return inks
        shares = self._shares[index]
        known = np.isfinite(shares)
        colours: np.ndarray = self._palette[colour_steps(np.nan_to_num(shares), self._palette)]
        colours[~known] = _rgb(MISSING)
        return colours


class BigMaps:
    """The maps drawn last, so that panning and zooming need not prepare them anew."""

    def __init__(self) -> None:
        self._maps: OrderedDict[tuple[str, str, str], tuple[Projection, BigMap]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, space: LatentSpace, projection: Projection, color: str, selected: ItemSet | None = None) -> BigMap:
        """Return the map in the colours of a column, or of a selection; InputError as of `colouring`."""
        part = selected.fingerprint if selected is not None and color == SELECTION else ""
        key = (f"{space.fingerprint} {space.draws}", projection.id, f"{color}{part}")
        with self._lock:
            known = self._maps.get(key)
            if known is not None and known[0] is projection:
                self._maps.move_to_end(key)
                return known[1]
        made = BigMap(projection, colouring(space, projection, color, selected))
        with self._lock:
            self._maps[key] = (projection, made)
            while len(self._maps) > _KEPT:
                self._maps.popitem(last=False)
        return made


def _palette(scale: str | list[str]) -> np.ndarray:
    """Return 256 colours of a scale, evenly spaced, uint8 ``[256, 3]``."""
    stops = [colour for _, colour in get_colorscale(scale)] if isinstance(scale, str) else scale
    inks = np.array([_rgb(colour) for colour in stops], dtype=np.float64)
    at, given = np.linspace(0, 1, 256), np.linspace(0, 1, len(inks))
    return np.stack([np.rint(np.interp(at, given, ink)) for ink in inks.T], axis=1).astype(np.uint8)


def _rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of ``#rrggbb`` or Plotly's ``rgb(r, g, b)``."""
    if colour.startswith("#"):
        return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
    red, green, blue = (round(float(part)) for part in colour[4:-1].split(","))
    return red, green, blue
