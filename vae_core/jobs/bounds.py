"""How much may be asked for at once, so that nobody waits for one visitor alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vae_core.errors import InputError
from vae_core.jobs.kinds import LaneName
from vae_core.jobs.line import Party

#: How much unfinished work of each lane one visitor may have asked for, more than a person with a page ever does.
MOST: Mapping[LaneName, int] = {"long": 20, "short": 40, "server": 80}
#: As how many visitors one address counts, whatever names they take: a class behind one router mostly wants the same
#: work, which counts once.
VISITORS_OF_AN_ADDRESS = 8


class TooMany(InputError):  # noqa: N818 - its message is what a person reads
    """One visitor has asked for so much that others would wait for it."""


def refuse_too_many(party: Party, lane: LaneName, unfinished: Iterable[Party]) -> None:
    """Refuse work beyond the bounds.

    Parameters
    ----------
    party : Party
        Who asks for it.
    lane : {"long", "short", "server"}
        Which worker would do it.
    unfinished : iterable of Party
        Whose work of this lane has not ended, one entry a job.

    Raises
    ------
    TooMany
        If too much of it is this visitor's, or comes from the same address.
    """
    others, most = list(unfinished), MOST[lane]
    if others.count(party) >= most:
        raise TooMany(f"You have {most} computations of this kind under way; wait for one to end, or cancel one.")
    # Whoever takes a new name for each request is one machine still.
    most *= VISITORS_OF_AN_ADDRESS
    if party.address and sum(one.address == party.address for one in others) >= most:
        raise TooMany(
            f"{most} computations of this kind are under way for the address you ask from; "
            "wait for one to end, or cancel one."
        )
