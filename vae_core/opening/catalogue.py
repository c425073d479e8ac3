"""The spaces a page can show, opened when they are first wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from vae_core.errors import InputError
from vae_core.space.latent_space import LatentSpace

Opener = Callable[[], LatentSpace]


@dataclass
class Entry:
    """One space of the catalogue.

    Parameters
    ----------
    id : str
        Its name in URLs.
    title : str
        What people call it.
    opener : callable
        Opens it; called once.
    """

    id: str
    title: str
    opener: Opener = field(repr=False)
    _space: LatentSpace | None = field(default=None, repr=False)
    #: Why it could not be opened when it was last wanted; "" if it could, or was not wanted yet.
    failure: str = field(default="", repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether the space can be had without waiting."""
        return self._space is not None

    def space(self) -> LatentSpace:
        """Return the space, opened by the first who asks; a failure is raised to everyone who asks."""
        if self._space is None:
            with self._lock:
                if self._space is None:
                    try:
                        self._space = self.opener()
                    except InputError as error:
                        self.failure = str(error)
                        raise
                    self.failure = ""
        return self._space


class Catalogue:
    """The spaces of one server, in the order in which they are offered; the first is the default."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def add(self, id: str, title: str, space: LatentSpace | Opener) -> Entry:
        """Offer a space, or a function that opens it.

        Raises
        ------
        InputError
            If the id is taken.
        """
        if id in self._entries:
            raise InputError(f"There is a space {id!r} already; give the new one another name.")
        if isinstance(space, LatentSpace):
            entry = Entry(id, title, lambda: space, space)
        else:
            entry = Entry(id, title, space)
        self._entries[id] = entry
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries.values()))

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, id: str) -> Entry:
        """Return the entry of this id; KeyError if there is none."""
        return self._entries[id]
