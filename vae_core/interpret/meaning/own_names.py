"""Names that people give to latent dimensions; kept with the space, for everybody who looks at it."""

from __future__ import annotations

import json
import logging
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from vae_core.errors import InputError
from vae_core.storage import write_text

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Letters of a name.
LONGEST = 40

log = logging.getLogger(__name__)


class OwnNames:
    """The names people gave to one space's dimensions. Made by `own_names_of`.

    Parameters
    ----------
    path : Path or None
        The file they lie in; None keeps them in memory.
    dimensions : int
        Number of latent dimensions d.
    """

    def __init__(self, path: Path | None, dimensions: int) -> None:
        self._path = path
        self._dimensions = dimensions
        self._memory: dict[int, str] = {}
        self._lock = threading.Lock()

    def by_dimension(self) -> dict[int, str]:
        """Return the names by dimension, read anew: another server on the workspace may have written them."""
        if self._path is None:
            return dict(self._memory)
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
            return {int(j): str(name) for j, name in told.items() if 0 <= int(j) < self._dimensions}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError) as damage:
            log.warning("%s is not used (%s); names given from now on replace it.", self._path, damage)
            return {}

    def give(self, dimension: int, name: str) -> None:
        """Give a dimension a name; an empty name removes it.

        Raises
        ------
        InputError
            If there is no such dimension, the name is too long or has no letters, or it cannot be kept.
        """
        if not 0 <= dimension < self._dimensions:
            raise InputError(f"There is no latent dimension {dimension}; there are 0 to {self._dimensions - 1}.")
        plain = " ".join(name.split())
        if len(plain) > LONGEST:
            raise InputError(f"A name has at most {LONGEST} letters, not {len(plain)}.")
        if not all(letter.isprintable() for letter in plain):
            raise InputError("A name is made of letters that can be seen.")
        with self._lock:
            names = {**self.by_dimension(), dimension: plain}
            if not plain:
                del names[dimension]
            if self._path is None:
                self._memory = names
                return
            try:
                write_text(self._path, json.dumps({str(j): names[j] for j in sorted(names)}, ensure_ascii=False))
            except OSError as error:
                raise InputError(f"The name cannot be kept in {self._path} ({error.strerror}).") from error


_names: weakref.WeakKeyDictionary[LatentSpace, OwnNames] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


def own_names_of(space: LatentSpace) -> OwnNames:
    """Return the names given to a space's dimensions; the same object for everybody who asks."""
    with _guard:
        if space not in _names:
            path = None if space.folder is None else space.folder / "names.json"
            _names[space] = OwnNames(path, space.latent_dim)
        return _names[space]
