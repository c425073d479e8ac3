"""What the pages of one program look at, told by them, and where the program wants them to go."""

from __future__ import annotations

import json
import secrets
import threading
import time
from dataclasses import dataclass, replace
from urllib.parse import quote

import numpy as np


@dataclass(frozen=True)
class ViewState:
    """What a page has on show.

    Parameters
    ----------
    space, projection, color : str
        Ids of space and map, and the column that colours it.
    item : int or None
        Number of the item on show, if it is one.
    z : ndarray or None
        ``[d]`` float32, the latent point on show.
    pins : tuple
        The points pinned as A and B, ``[d]`` float32 or None each.
    hidden : tuple of str
        Names of the classes that the legend hides.
    frame : tuple of float or None
        Left, right, bottom and top of the part of a flat map in view, or the camera in depth; None for all of it.
    chosen : str
        How items were chosen on the map; see `vae_core.browse.selection_steps`. "" where none were.
    """

    space: str
    projection: str = "pca"
    color: str | None = None
    item: int | None = None
    z: np.ndarray | None = None
    pins: tuple[np.ndarray | None, np.ndarray | None] = (None, None)
    hidden: tuple[str, ...] = ()
    frame: tuple[float, ...] | None = None
    chosen: str = ""

    def query(self) -> str:
        """Return the part of an address that brings a page here."""
        parts = {"space": self.space, "projection": self.projection}
        if self.color is not None:
            parts["color"] = self.color
        if self.item is not None:
            parts["item"] = str(self.item)
        points = {"z": self.z, "a": self.pins[0], "b": self.pins[1], "frame": self.frame}
        for name, point in points.items():
            if point is not None:
                parts[name] = ",".join(str(value) for value in point)
        if self.hidden:
            parts["hidden"] = json.dumps(self.hidden)
        if self.chosen:
            parts["chosen"] = self.chosen
        return "&".join(f"{name}={quote(text, safe=',:')}" for name, text in parts.items())


@dataclass(frozen=True)
class NavigationRequest:
    """Where a page is to go: a latent point of a space, and the item it is, if it is one."""

    number: int
    space: str
    z: np.ndarray
    item: int | None


class Views:
    """The pages that report to one program; of several, the one that reported last counts.

    Parameters
    ----------
    start : ViewState
        What a first page opens with.
    """

    #: Seconds of silence after which a page is taken to be closed. They ask several times a second.
    SILENCE = 5.0

    def __init__(self, start: ViewState) -> None:
        #: Names these pages in their address; who does not know it can neither listen nor speak.
        self.token = secrets.token_urlsafe(16)
        self._shown = start
        self._wish: NavigationRequest | None = None
        self._wishes = 0
        self._page = ""
        self._heard = -np.inf
        self._lock = threading.Lock()

    @property
    def view_state(self) -> ViewState:
        """What the page has on show, or will have once it has gone where it was told to."""
        return self._shown

    def go(self, space: str, z: np.ndarray, item: int | None) -> None:
        """Have the page go to a point; one that opens later goes there too."""
        with self._lock:
            self._wishes += 1
            self._wish = NavigationRequest(self._wishes, space, z, item)
            self._shown = self._there(self._shown)

    def hear(self, page: str, done: int, shown: ViewState | None) -> NavigationRequest | None:
        """Take what a page reports, and return where it is to go.

        Parameters
        ----------
        page : str
            As the page names itself.
        done : int
            Number of the last wish it has followed.
        shown : ViewState, optional
            What it has on show, if that has changed.
        """
        now = time.monotonic()
        with self._lock:
            if self._wish is not None and done >= self._wish.number:
                self._wish = None
            if shown is not None:
                self._page = page
                # It was sent before the page knew of the wish, which is the newer of the two.
                self._shown = shown if self._wish is None else self._there(shown)
            elif page != self._page and now - self._heard > self.SILENCE:
                self._page = page
            if page != self._page:
                return None
            self._heard = now
            return self._wish

    def _there(self, shown: ViewState) -> ViewState:
        wish = self._wish
        return shown if wish is None else replace(shown, space=wish.space, z=wish.z, item=wish.item)
