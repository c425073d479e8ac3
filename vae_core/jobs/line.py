"""A waiting line in which everybody has his turn, however much one of them asks for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

#: Parties whose last turn is remembered.
_REMEMBERED = 1000


class FairLine(Generic[T]):
    """What waits, by party: next is one of the party whose last turn was the longest ago.

    Parameters
    ----------
    newest_first : bool
        Whether of one party the last comes first.
    """

    def __init__(self, newest_first: bool = False) -> None:
        self._newest_first = newest_first
        self._waiting: dict[str, list[T]] = {}
        self._served: OrderedDict[str, None] = OrderedDict()  # the last one last

    def __len__(self) -> int:
        return sum(len(own) for own in self._waiting.values())

    def add(self, party: str, one: T) -> None:
        """Have something wait for a party."""
        self._waiting.setdefault(party, []).append(one)

    def remove_where(self, wanted: Callable[[T], bool]) -> bool:
        """Take the first that is wanted out of the line; return whether there was one."""
        for party, own in self._waiting.items():
            for place, one in enumerate(own):
                if wanted(one):
                    self._pop(party, place)
                    return True
        return False

    def take(self) -> T:
        """Take the next out of the line; IndexError if nothing waits."""
        if not self._waiting:
            raise IndexError("nothing waits")
        # Who was never served comes before all who were, and of those who came first.
        new = (party for party in self._waiting if party not in self._served)
        party = next(new, None) or next((one for one in self._served if one in self._waiting), "")
        self._served[party] = None
        self._served.move_to_end(party)
        if len(self._served) > _REMEMBERED:
            self._served.popitem(last=False)
        return self._pop(party, -1 if self._newest_first else 0)

    def _pop(self, party: str, place: int) -> T:
        found = self._waiting[party].pop(place)
        if not self._waiting[party]:
            del self._waiting[party]
        return found
