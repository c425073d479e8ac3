"""A waiting line in which everybody has his turn, however much one of them asks for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

#: Parties and addresses whose last turn is remembered.
_REMEMBERED = 1000


class Party(NamedTuple):
    """Whose request something is.

    Attributes
    ----------
    name : str
        As it names itself. A program may take as many names as it likes.
    address : str
        Of the machine it asks from; many may share one, as a class behind one router does.
    """

    name: str
    address: str = ""


NOBODY = Party("")


class FairLine(Generic[T]):
    """What waits, by party: next is one of the address, and there of the party, whose last turn was the longest ago.

    Parameters
    ----------
    newest_first : bool
        Whether of one party the last comes first.
    """

    def __init__(self, newest_first: bool = False) -> None:
        self._newest_first = newest_first
        self._waiting: dict[Party, list[T]] = {}
        self._addresses, self._parties = _Turns(), _Turns()

    def __len__(self) -> int:
        return sum(len(own) for own in self._waiting.values())

    def add(self, party: Party, one: T) -> None:
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
        address = self._addresses.next_of(party.address for party in self._waiting)
        name = self._parties.next_of(party.name for party in self._waiting if party.address == address)
        return self._pop(Party(name, address), -1 if self._newest_first else 0)

    def _pop(self, party: Party, place: int) -> T:
        found = self._waiting[party].pop(place)
        if not self._waiting[party]:
            del self._waiting[party]
        return found


class _Turns:
    """Who was served when."""

    def __init__(self) -> None:
        self._served: OrderedDict[str, None] = OrderedDict()  # the last one last

    def next_of(self, waiting: Iterable[str]) -> str:
        """Give the next of those who wait its turn: who was never served, and of the others who has waited longest."""
        names = list(dict.fromkeys(waiting))
        new = (name for name in names if name not in self._served)
        name = next(new, None) or next((one for one in self._served if one in names), "")
        self._served[name] = None
        self._served.move_to_end(name)
        if len(self._served) > _REMEMBERED:
            self._served.popitem(last=False)
        return name
