"""Maps of so many items that they are drawn as a picture: aggregated for the part in view, by datashader."""

from __future__ import annotations

import functools
import io
import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from plotly.colors import get_colorscale, sample_colorscale

from components.colouring import SELECTION, Classes, Scale, colouring
from vae_core import LatentSpace, Projection
from vae_core.drawing.palette import MISSING
from vae_core.groups.item_set import ItemSet

#: Maps of more items are drawn as a picture.
POINTS_UP_TO = 100_000
#: With no more items than this in view they are drawn one by one.
FEW = 4_000
#: Items drawn of a map with depth.
IN_DEPTH = 20_000
_KEPT = 3
_FAINTEST = 70  # opacity, of 255, where one item lies
_DIMMED = 0.28  # of the opacity, of what is not selected
#: Up to so many items in view each is drawn so many pixels wider on every side.
_GROWN = ((20_000, 2), (200_000, 1))


def items_drawn(count: int, projection: Projection, points_up_to: int) -> np.ndarray | None:
    """Return the numbers of the items a figure holds as points: None for all, none of a big flat map, some in depth."""
    if count <= points_up_to:
        return None
    if projection.dimensions == 2:
        return np.empty(0, dtype=np.int64)
    return np.sort(np.random.default_rng(0).permutation(count)[:IN_DEPTH])


@dataclass(frozen=True)
class View:
    """What of a map is to be drawn: its ends in map coordinates, and how many pixels there are for it."""

    left: float
    right: float
    bottom: float
    top: float
    width: int
    height: int


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
        columns: dict[str, Any] = {"x": projection.points[:, 0].copy(), "y": projection.points[:, 1].copy()}
        if isinstance(chosen, Classes):
            columns["value"] = pd.Categorical.from_codes(chosen.codes, [str(i) for i in range(len(chosen.names))])
        elif chosen.turn:
            # The mean of 350° and 10° is 0°: what is averaged are the points on the circle.
            angle = chosen.values * np.float32(2 * np.pi / chosen.turn)
            columns |= {"along": np.cos(angle), "across": np.sin(angle), "value": chosen.values}
        else:
            columns["value"] = chosen.values
        self._frame = pd.DataFrame(columns, copy=False)
        self._last_part = ("", self._frame)

    def within(self, view: View, hidden: Collection[str] = (), only: ItemSet | None = None) -> np.ndarray:
        """Return the numbers of the items in view, without those of hidden classes; of a set alone if one is given."""
        x, y = self._frame["x"].to_numpy(), self._frame["y"].to_numpy()
        inside = (x >= view.left) & (x <= view.right) & (y >= view.bottom) & (y <= view.top)
        index = np.flatnonzero(inside)
        if isinstance(self.chosen, Classes) and hidden:
            index = index[np.isin(self.chosen.codes[index], self.chosen.visible_codes(hidden))]
        return index if only is None else index[only.mask[index]]

    def points(self, index: np.ndarray) -> np.ndarray:
        """Return items as float32 ``[m, 4]``: number, x, y, and the colour as one number, 65536 r + 256 g + b."""
        part = self._frame.iloc[index]
        return np.column_stack([index, part["x"], part["y"], self._colours(index)]).astype(np.float32)

    def picture(
        self,
        view: View,
        count: int,
        hidden: Collection[str] = (),
        selected: ItemSet | None = None,
        only: bool = False,
    ) -> bytes:
        """Return a WebP image of a part of the map, transparent where nothing is.

        Parameters
        ----------
        view : View
            The part.
        count : int
            Items in it.
        hidden : collection of str
            Names of classes that are left out.
        selected : ItemSet, optional
            The items that stand out from all others.
        only : bool
            Leave all others out.
        """
        if selected is None:
            pixels = self._pixels(self._frame, view, count, hidden)
        else:
            pixels = self._pixels(self._part(selected), view, count, hidden)
            if not only:
                rest = self._pixels(self._frame, view, count, hidden)
                rest[..., 3] = np.rint(_DIMMED * rest[..., 3])
                pixels = np.where(pixels[..., 3:] > 0, pixels, rest)
        file = io.BytesIO()
        # Lossless; a third of the time PNG takes.
        Image.fromarray(pixels).save(file, "WEBP", lossless=True, quality=0, method=0)
        return file.getvalue()

    def _pixels(self, frame: pd.DataFrame, view: View, count: int, hidden: Collection[str]) -> np.ndarray:
        """Draw items, uint8 ``[h, w, 4]``, the top row first."""
        shown = self.chosen.visible_codes(hidden) if isinstance(self.chosen, Classes) else [0]
        if not shown or frame.empty:
            return np.zeros((view.height, view.width, 4), dtype=np.uint8)
        library = drawing()
        canvas = library.Canvas(
            plot_width=view.width,
            plot_height=view.height,
            x_range=(view.left, view.right),
            y_range=(view.bottom, view.top),
        )
        if isinstance(self.chosen, Classes):
            counts = canvas.points(frame, "x", "y", library.by("value", library.count()))
            image = _shaded(counts, shown, self.chosen.colours)
        else:
            if self.chosen.turn:
                along, across = (canvas.points(frame, "x", "y", library.mean(part)) for part in ("along", "across"))
                means = np.arctan2(across, along) % (2 * np.pi) * (self.chosen.turn / (2 * np.pi))
            else:
                means = canvas.points(frame, "x", "y", library.mean("value"))
            span = (self.chosen.low, self.chosen.high)
            colours = _stops(self.chosen.scale)
            image = library.shade(means, cmap=colours, how="linear", span=span)
        grown = next((pixels for most, pixels in _GROWN if count <= most), 0)
        if grown:
            image = library.spread(image, px=grown)
        return np.array(image.to_pil())

    def _part(self, items: ItemSet) -> pd.DataFrame:
        """Return the items of a set; the last one's are kept, so that panning need not take them out anew."""
        name, part = self._last_part
        if name != items.fingerprint:
            part = self._frame[items.mask]
            self._last_part = (items.fingerprint, part)
        return part

    def _colours(self, index: np.ndarray) -> np.ndarray:
        if isinstance(self.chosen, Classes):
            numbers = np.array([int(colour[1:], 16) for colour in self.chosen.colours])
            return numbers[self.chosen.codes[index]]
        values = self.chosen.values[index]
        share = np.clip((values - self.chosen.low) / (self.chosen.high - self.chosen.low), 0, 1)
        steps = np.array([int(_hex(one)[1:], 16) for one in sample_colorscale(_stops(self.chosen.scale), 64)])
        known = np.isfinite(share)
        return np.where(known, steps[np.rint(63 * np.nan_to_num(share)).astype(int)], int(MISSING[1:], 16))


def _shaded(counts: Any, shown: list[int], colours: list[str]) -> Any:
    """Colour pixels of counts ``[h, w, c]`` by the classes shown: their mean colour, the opacity by rank of the sum.

    The library's own shading takes four times as long, which would be most of what a picture takes.
    """
    inks = np.zeros((counts.shape[2], 4), dtype=np.float32)
    for code in shown:
        inks[code] = *(int(colours[code][at : at + 2], 16) for at in (1, 3, 5)), 1
    # One product gives the sums of the inks and, below the last 1, of the items: exact up to 2²⁴ of them.
    summed = counts.data.reshape(-1, len(inks)).astype(np.float32) @ inks
    there = np.flatnonzero(summed[:, 3])
    summed = summed[there]
    sums = summed[:, 3].astype(np.int32)
    pixels = np.empty((len(sums), 4), dtype=np.uint8)
    pixels[:, :3] = np.rint(summed[:, :3] / summed[:, 3:])
    up_to = np.cumsum(np.bincount(sums)) if len(sums) else np.ones(1)
    pixels[:, 3] = (_FAINTEST + (255 - _FAINTEST) * (up_to / up_to[-1])).astype(np.uint8)[sums]
    image = np.zeros(counts.shape[0] * counts.shape[1], dtype=np.uint32)
    image[there] = pixels.view(np.uint32)[:, 0]
    image = image.reshape(counts.shape[:2])
    down, across, _ = counts.dims
    return drawing().Image(image, dims=(down, across), coords={down: counts[down], across: counts[across]})


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


@functools.cache
def drawing() -> SimpleNamespace:
    """Import datashader, which takes seconds, and return the parts of it that are used."""
    import datashader
    from datashader import transfer_functions

    return SimpleNamespace(
        **{name: getattr(datashader, name) for name in ("Canvas", "by", "count", "mean")},
        **{name: getattr(transfer_functions, name) for name in ("Image", "shade", "spread")},
    )


def warm_up() -> None:
    """Import and compile the library, so that a first map does not wait for it."""
    random = np.random.default_rng(0)
    points = SimpleNamespace(points=random.normal(size=(100, 2)).astype(np.float32))
    classes = Classes("", ["a", "b"], ["#000000", "#ffffff"], ["circle"] * 2, np.arange(100, dtype=np.int16) % 2)
    for chosen in (classes, Scale("", points.points[:, 0].copy(), -1.0, 1.0, "Viridis")):
        BigMap(points, chosen).picture(View(-3, 3, -3, 3, 32, 32), 100)  # type: ignore[arg-type]


def _stops(scale: str | list[str]) -> list[str]:
    """Return the colours of a scale, evenly spaced, as ``#rrggbb``."""
    return [_hex(colour) for _, colour in get_colorscale(scale)] if isinstance(scale, str) else scale


def _hex(colour: str) -> str:
    """Return ``#rrggbb`` for Plotly's ``rgb(r, g, b)``."""
    if colour.startswith("#"):
        return colour
    return "#" + "".join(f"{round(float(part)):02x}" for part in colour[4:-1].split(","))
