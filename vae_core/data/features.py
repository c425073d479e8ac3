"""What the values of a vector or a series are called, and measured in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vae_core.errors import InputError

_WITH_UNIT = re.compile(r"(?P<name>.*\S)\s*[(\[](?P<unit>[^()\[\]]{1,24})[)\]]\s*")


@dataclass(frozen=True)
class Features:
    """What the values of a vector or a series are called, and measured in.

    Parameters
    ----------
    names : tuple of str
        Of the k values of a table row, or of the c channels of a series. Of a vector that lies along an axis, such as
        a spectrum, one name: that of what is measured.
    units : tuple of str
        One a name, "" where there is none.
    along : tuple of float, optional
        Where the k values lie along the axis; None for a table row, whose values have no order.
    axis, axis_unit : str
        What `along` is, such as "wavelength" in "nm".

    Raises
    ------
    InputError
        If the parts do not fit each other.
    """

    names: tuple[str, ...]
    units: tuple[str, ...] = ()
    along: tuple[float, ...] | None = None
    axis: str = ""
    axis_unit: str = ""

    def __post_init__(self) -> None:
        """Check that the parts fit each other."""
        object.__setattr__(self, "names", tuple(str(name) for name in self.names))
        units = tuple(str(unit) for unit in self.units) or ("",) * len(self.names)
        object.__setattr__(self, "units", units)
        if len(units) != len(self.names):
            raise InputError(f"There are {len(self.names)} names but {len(units)} units; give one unit per name.")
        if self.along is not None:
            along = tuple(float(place) for place in self.along)
            object.__setattr__(self, "along", along)
            steps = np.diff(along)
            if not np.isfinite(along).all() or not ((steps > 0).all() or (steps < 0).all()):
                raise InputError("The places along an axis must be finite, and all rise or all fall.")

    @classmethod
    def of_columns(cls, columns: Iterable[object]) -> Features:
        """Read names with units as people write them: "sepal length (cm)", "alcohol [%]"."""
        split = [split_unit(str(column)) for column in columns]
        return cls(tuple(name for name, _ in split), tuple(unit for _, unit in split))

    @classmethod
    def unnamed(cls, kind: str, sample_shape: tuple[int, ...]) -> Features:
        """Return names for values that have none: vectors of more than 40 values are taken to lie along an axis."""
        if kind == "series":
            channels, k = sample_shape
            names = ("value",) if channels == 1 else tuple(f"channel {at}" for at in range(channels))
            return cls(names, along=tuple(range(k)), axis="step")
        (k,) = sample_shape
        if k > MOST_BARS:
            return cls(("value",), along=tuple(range(k)), axis="position")
        return cls(tuple(f"x{at}" for at in range(k)))

    @classmethod
    def stated(
        cls,
        kind: str,
        sample_shape: tuple[int, ...],
        names: Sequence[str] | None,
        units: Sequence[str] | None,
        along: Sequence[float] | None,
        axis: str | None,
    ) -> Features:
        """Return the features of which some parts are stated; the others are as of `unnamed`.

        Without units of their own, names and axis may have them, as in "wavelength (nm)". One name for all the values
        of a vector is that of what is measured along an axis.
        """
        other = cls.unnamed(kind, sample_shape)
        named = other if names is None else cls.of_columns(names) if units is None else cls(tuple(names))
        on_axis = kind == "series" or along is not None or axis is not None or len(named.names) == 1 < sample_shape[-1]
        if names is None and on_axis and kind == "vector":
            named = cls(("value",))
        if not on_axis:
            return cls(named.names, named.units if units is None else tuple(units))
        called, unit = split_unit(axis or ("step" if kind == "series" else "position"))
        places = tuple(range(sample_shape[-1])) if along is None else tuple(along)
        return cls(named.names, named.units if units is None else tuple(units), places, called, unit)

    def check(self, kind: str, sample_shape: tuple[int, ...], source: str) -> None:
        """Raise InputError unless these can be the names of such items."""
        wanted = sample_shape[0] if kind == "series" or self.along is None else 1
        if len(self.names) != wanted:
            raise InputError(f"{source}: {len(self.names)} names for {wanted} values; give one each.")
        if kind == "series" and self.along is None:
            raise InputError(f"{source}: a series lies along an axis; say where its values are.")
        if self.along is not None and len(self.along) != sample_shape[-1]:
            raise InputError(
                f"{source}: {len(self.along)} places along the axis for {sample_shape[-1]} values; give one each."
            )


#: A vector of more values without names is drawn as a line.
MOST_BARS = 40


def split_unit(text: str) -> tuple[str, str]:
    """Split "sepal length (cm)" into its name and unit; the unit is "" where there is none."""
    found = _WITH_UNIT.fullmatch(text)
    return (found["name"], found["unit"].strip()) if found else (text.strip(), "")
