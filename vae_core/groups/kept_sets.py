"""Sets of items kept with a space under the name of their content, so that a link can stand for a long way there."""

from __future__ import annotations

import re
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from vae_core.errors import InputError
from vae_core.groups.item_set import ItemSet
from vae_core.storage import CacheDamaged, load_arrays, save_arrays

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_NAME = re.compile(r"[0-9a-f]{32}")


class KeptSets:
    """The sets of one space's items that were kept. Made by `kept_sets_of`.

    Parameters
    ----------
    folder : Path or None
        Where they lie, a file each; None keeps them in memory.
    total : int
        Number of the space's items.
    """

    def __init__(self, folder: Path | None, total: int) -> None:
        self._folder = folder
        self._total = total
        self._memory: dict[str, ItemSet] = {}

    def keep(self, items: ItemSet) -> str:
        """Keep a set, and return its name.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        name = items.fingerprint
        if self._folder is None:
            self._memory[name] = items
            return name
        path = self._folder / f"{name}.npz"
        if not path.is_file():
            try:
                save_arrays(path, {"bits": items.bits}, compress=True)
            except OSError as error:
                raise InputError(f"The selection cannot be kept in {self._folder} ({error.strerror}).") from error
        return name

    def get(self, name: str) -> ItemSet:
        """Return the set of this name.

        Raises
        ------
        InputError
            If it was not kept here, or its file is damaged.
        """
        if self._folder is None or not _NAME.fullmatch(name):
            found = self._memory.get(name)
        else:
            try:
                arrays = load_arrays(self._folder / f"{name}.npz")
                found = ItemSet.from_bits(arrays["bits"], self._total)
            except (FileNotFoundError, CacheDamaged, KeyError, InputError):
                found = None
        if found is None or found.fingerprint != name:
            raise InputError("This selection was not kept here; select the items again.")
        return found


_kept: weakref.WeakKeyDictionary[LatentSpace, KeptSets] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


def kept_sets_of(space: LatentSpace) -> KeptSets:
    """Return the sets kept of a space's items; the same object for everybody who asks."""
    with _guard:
        if space not in _kept:
            _kept[space] = KeptSets(None if space.folder is None else space.folder / "sets", len(space))
        return _kept[space]
