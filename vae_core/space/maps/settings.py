"""What a projection is made with, and its name."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from vae_core.errors import InputError

Method = Literal["pca", "tsne", "umap", "z"]

_USED: dict[str, tuple[str, ...]] = {
    "pca": ("dimensions",),
    "tsne": ("dimensions", "perplexity", "seed", "iterations", "start"),
    "umap": ("dimensions", "neighbours", "min_dist", "seed", "start"),
    "z": ("axes",),
}
#: Steps of a whole t-SNE, the exaggerated ones among them; the library's own schedule.
TSNE_ITERATIONS = 750
#: Steps of one that starts from a finished map, none of them exaggerated: its KL divergence was then
#: below that of a whole one in each of six trials (10,000 items, perplexity 30 changed to 10, 50 and 100).
TSNE_CONTINUED = 250
#: The part of making a map in which its points move, as progress names it.
LAYOUT = "layout"
#: The usual start of t-SNE and UMAP: principal components.
COMPONENTS = "pca"
_STARTED = re.compile(r"(tsne|umap)(-3d|-[0-9a-f]{12})?")
_NAMED = re.compile(r"(pca|tsne|umap)(-3d)?")
_PAIR = re.compile(r"z:\d{1,6}(,\d{1,6}){1,2}")


@dataclass(frozen=True)
class ProjectionSettings:
    """Method and parameters of a projection; parameters a method does not use keep their defaults.

    Parameters
    ----------
    method : {"pca", "tsne", "umap", "z"}
        ``"z"`` shows raw latent dimensions.
    dimensions : int
        2 or 3 coordinates of the map.
    perplexity : float
        t-SNE: the effective number of neighbours an item is kept near.
    neighbours : int
        UMAP: neighbours of an item, the item itself counted as the library does.
    min_dist : float
        UMAP: how tightly points may be packed, from 0 to 1.
    seed : int
        t-SNE and UMAP: equal seeds give equal maps.
    iterations : int
        t-SNE: steps after which it was stopped.
    start : str
        t-SNE and UMAP: the id of a map of the same method and dimensions whose layout they begin with, or "pca".
    axes : tuple of int
        Raw maps: the two or three latent dimensions shown.

    Raises
    ------
    InputError
        If a value cannot be used whatever the data; see also `check`.
    """

    method: Method = "pca"
    dimensions: int = 2
    perplexity: float = 30.0
    neighbours: int = 15
    min_dist: float = 0.1
    seed: int = 0
    iterations: int = TSNE_ITERATIONS
    axes: tuple[int, ...] = ()
    start: str = COMPONENTS

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise InputError(f"There is no projection {self.method!r}; take one of {', '.join(get_args(Method))}.")
        _whole("dimensions", self.dimensions)
        if self.dimensions not in (2, 3):
            raise InputError(f"A map has 2 or 3 dimensions, not {self.dimensions}.")
        _real("perplexity", self.perplexity)
        if not self.perplexity >= 1:
            raise InputError(f"The perplexity must be at least 1, not {self.perplexity:g}.")
        _whole("neighbours", self.neighbours)
        if self.neighbours < 2:
            raise InputError(f"UMAP needs at least 2 neighbours, not {self.neighbours}.")
        _real("min_dist", self.min_dist)
        if not 0 <= self.min_dist <= 1:
            raise InputError(f"The minimal distance must lie from 0 to 1, not at {self.min_dist:g}.")
        _whole("seed", self.seed)
        if not 0 <= self.seed < 2**32:
            raise InputError(f"The seed must be a whole number from 0 to 4294967295, not {self.seed}.")
        _whole("iterations", self.iterations)
        if not 1 <= self.iterations <= TSNE_ITERATIONS:
            raise InputError(f"t-SNE takes 1 to {TSNE_ITERATIONS} iterations, not {self.iterations}.")
        self._check_start()
        object.__setattr__(self, "iterations", min(self.iterations, self.all_iterations))
        object.__setattr__(self, "perplexity", float(self.perplexity))
        object.__setattr__(self, "min_dist", float(self.min_dist))
        object.__setattr__(self, "axes", tuple(_whole("axes", axis) for axis in self.axes))
        if self.method == "z":
            if len(self.axes) not in (2, 3) or len(set(self.axes)) != len(self.axes) or min(self.axes) < 0:
                raise InputError(f"A raw map needs two or three different latent dimensions, not {list(self.axes)}.")
            object.__setattr__(self, "dimensions", len(self.axes))
        used = _USED[self.method]
        defaults = {field.name: field.default for field in fields(self) if field.name != "method"}
        for name, default in defaults.items():
            if name not in used and not (self.method == "z" and name == "dimensions"):
                object.__setattr__(self, name, default)

    def _check_start(self) -> None:
        if self.start == COMPONENTS or self.method not in ("tsne", "umap"):
            return
        if not isinstance(self.start, str) or not _STARTED.fullmatch(self.start):
            raise InputError(f"A map starts from {COMPONENTS!r} or the name of a computed map, not {self.start!r}.")
        if not self.start.startswith(self.method):
            raise InputError(f"A map starts from one of its own method; {self.start!r} is none of {self.method!r}.")

    @property
    def all_iterations(self) -> int:
        """Steps of a t-SNE that is not stopped."""
        return TSNE_ITERATIONS if self.start == COMPONENTS else TSNE_CONTINUED

    @classmethod
    def of(cls, method: str = "pca", **params: Any) -> ProjectionSettings:
        """Return the settings of `method` with `params`, or of a name such as ``"tsne-3d"`` or ``"z:3,7"``.

        Raises
        ------
        InputError
            If the method is unknown or has no such parameter.
        """
        if method not in _USED:
            if params:
                raise InputError(f"There is no projection {method!r}; take one of {', '.join(_USED)}.")
            return cls.parse(method)
        for name in params:
            if name not in _USED[method]:
                raise InputError(
                    f"The projection {method!r} has no parameter {name!r}; it has {', '.join(_USED[method])}."
                )
        return cls(method=method, **params)  # type: ignore[arg-type]

    @classmethod
    def parse(cls, name: str) -> ProjectionSettings:
        """Return the settings a plain name stands for: ``pca``, ``umap-3d``, ``z:3,7`` and so on.

        Raises
        ------
        InputError
            If the name is not one of these.
        """
        if match := _NAMED.fullmatch(name):
            return cls(method=match[1], dimensions=3 if match[2] else 2)  # type: ignore[arg-type]
        if _PAIR.fullmatch(name):
            return cls(method="z", axes=tuple(int(axis) for axis in name[2:].split(",")))
        raise InputError(
            f"There is no projection {name!r}; take pca, tsne, umap (or with -3d), or a pair such as z:0,1."
        )

    @property
    def id(self) -> str:
        """The name: ``tsne`` or ``tsne-3d`` for the defaults, ``z:3,7`` for a raw pair, else with a hash."""
        if self.method == "z":
            return "z:" + ",".join(str(axis) for axis in self.axes)
        plain = self.method + ("-3d" if self.dimensions == 3 else "")
        if self == ProjectionSettings(method=self.method, dimensions=self.dimensions):
            return plain
        return f"{self.method}-{hashlib.blake2b(self.to_json().encode(), digest_size=6).hexdigest()}"

    @property
    def params(self) -> dict[str, Any]:
        """The parameters this method uses."""
        values = asdict(self)
        used = _USED[self.method]
        # The usual start is not named, as in maps made before there was another.
        return {name: values[name] for name in used if name != "start" or self.start != COMPONENTS}

    def to_json(self) -> str:
        """Return method and used parameters as JSON, for files and hashes."""
        return json.dumps({"method": self.method, **self.params}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ProjectionSettings:
        """Return the settings that `to_json` wrote."""
        values = json.loads(text)
        return cls.of(values.pop("method"), **values)

    def check(self, count: int, latent_dim: int) -> None:
        """Say whether these settings suit a set.

        Parameters
        ----------
        count : int
            Number of items.
        latent_dim : int
            Number of latent dimensions.

        Raises
        ------
        InputError
            If there are too few items or no such latent dimension.
        """
        if self.method == "z" and max(self.axes) >= latent_dim:
            raise InputError(
                f"There is no latent dimension {max(self.axes)}; the model has {latent_dim}, counted from 0."
            )
        if self.method == "pca" and self.dimensions == 3 and latent_dim < 3:
            raise InputError(f"A 3-D map of {latent_dim} latent dimensions has no depth; take the 2-D one.")
        if self.method == "tsne" and 3 * self.perplexity > count - 1:
            most = (count - 1) // 3
            remedy = f"take at most {most}" if most >= 1 else "t-SNE needs at least 4 items"
            raise InputError(f"A perplexity of {self.perplexity:g} is too large for {count} items; {remedy}.")
        if self.method == "umap":
            # Below this the library's spectral step and its fit of neighbourhoods have nothing to work on.
            if count < self.dimensions + 3:
                raise InputError(
                    f"UMAP needs at least {self.dimensions + 3} items for this map, and there are {count}."
                )
            if self.neighbours > count:
                raise InputError(f"{self.neighbours} neighbours are too many for {count} items; take at most {count}.")


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise InputError(f"The parameter {name!r} must be a whole number, not {value!r}.")
    return int(value)


def _real(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InputError(f"The parameter {name!r} must be a finite number, not {value!r}.")
