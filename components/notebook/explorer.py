"""The page opened from Python: shown, asked what is on show, moved, closed, opened again."""

from __future__ import annotations

import atexit
import html
import signal
import socket
import sys
import threading
import webbrowser
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import torch

from components.api.view_states import Views, ViewState
from components.notebook.ipython import current_cell, in_notebook, show_here
from components.notebook.selection import selected_items
from components.server.http import Server, listen
from vae_core import Catalogue, InputError, LatentSpace

HOST = "127.0.0.1"
#: Tried first where no port is asked for.
USUAL_PORT = 8050


def listen_nearby(port: int | None) -> socket.socket:
    """Take a port of this machine: the one asked for, or else the usual one if it is free and any other if not.

    Raises
    ------
    InputError
        If the port asked for is taken.
    """
    if port is not None:
        return listen(HOST, port)
    try:
        return listen(HOST, USUAL_PORT)
    except InputError:
        return listen(HOST, 0)


class Explorer:
    """The page on objects in memory. It stays open until `close`, and can be opened again.

    Parameters
    ----------
    catalogue : Catalogue
        The spaces to show.
    jobs_folder : Path
        Where long work is kept.
    listener : socket
        The open port; see `listen_nearby`.
    assets : Path
        Folder of style sheet and scripts.
    height : int
        Of the page inline, in pixels.

    Attributes
    ----------
    address : str
        Of the page. What is looked at there is not told here; `url` has the address of a page that reports.
    """

    def __init__(
        self, catalogue: Catalogue, jobs_folder: Path, listener: socket.socket, assets: Path, height: int = 720
    ) -> None:
        self._catalogue, self._jobs_folder, self._assets = catalogue, jobs_folder, assets
        self.height = height
        self._views = Views(ViewState(next(iter(catalogue)).id))
        self._shown_in: int | None = None
        self._server: Server | None = None
        self._lock = threading.RLock()
        self._open(listener)

    # ---- open and closed ----

    @property
    def is_open(self) -> bool:
        """Whether the page answers."""
        return self._server is not None

    def open(self) -> Explorer:
        """Serve the page again, on the port it had if that is still free; nothing is encoded anew."""
        with self._lock:
            if self._server is None:
                try:
                    listener = listen(HOST, self._port)
                except InputError:
                    listener = listen(HOST, 0)
                self._open(listener)
        return self

    def _open(self, listener: socket.socket) -> None:
        try:
            self._server = Server(self._catalogue, self._jobs_folder, listener, HOST, self._assets, views=self._views)
        except BaseException:
            listener.close()
            raise
        self._port, self.address = self._server.port, self._server.address
        self._server.start()
        # A kernel or a program that ends must not leave workers behind.
        atexit.register(self.close)

    def close(self) -> None:
        """End serving: port, threads and workers are given back. What was on show last can still be asked for."""
        with self._lock:
            if self._server is not None:
                self._server.close()
                self._server = None
                atexit.unregister(self.close)

    def wait(self) -> None:
        """Serve until interrupted or closed, as a script wants it that would end otherwise."""
        server = self._server
        if server is None:
            return
        in_charge = threading.current_thread() is threading.main_thread()
        # So that being ended by a service manager also ends what was begun.
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)) if in_charge else None
        try:
            print(f"Latent Explorer is ready at {self.address}  (Ctrl-C to stop)", flush=True)
            server.wait()
        except KeyboardInterrupt:
            pass  # which is how it is ended
        finally:
            self.close()
            if in_charge:
                signal.signal(signal.SIGTERM, before or signal.SIG_DFL)

    def __enter__(self) -> Explorer:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- shown ----

    def show(self) -> None:
        """Show the page, opened again if need be: inline in a notebook, else in the browser."""
        self.open()
        if not in_notebook():
            # Some browsers run in the terminal and return only when they are closed.
            threading.Thread(target=webbrowser.open, args=(self.url(),), daemon=True).start()
            return
        show_here({"text/html": self._repr_html_(), "text/plain": repr(self)})
        self._shown_in = current_cell()

    def url(
        self,
        item: int | str | None = None,
        z: Any = None,
        projection: str | None = None,
        color: str | None = None,
    ) -> str:
        """Return the address of a page that reports to this object, and follows it.

        Parameters
        ----------
        item, z : optional
            What it opens with, as of `go_to`; by default what is on show now.
        projection, color : str, optional
            Map, and the column that colours it.

        Raises
        ------
        InputError
            If there is no such item, or `z` is no latent point.
        """
        wanted = self._views.view_state
        if item is not None or z is not None:
            number, point = self._point(item, z)
            wanted = replace(wanted, item=number, z=point)
        wanted = replace(wanted, projection=projection or wanted.projection, color=color or wanted.color)
        return f"{self.address}?{wanted.query()}&report={self._views.token}"

    def _repr_html_(self) -> str:
        if not self.is_open:
            return f"<p>{html.escape(repr(self))}</p>"
        address = html.escape(self.url(), quote=True)
        return (
            f'<iframe src="{address}" title="Latent Explorer" width="100%" height="{self.height}" '
            'style="border: 0" allow="clipboard-write; fullscreen"></iframe>'
            f'<div><a href="{address}" target="_blank" rel="noopener">Open in a tab of its own</a></div>'
        )

    def _ipython_display_(self) -> None:
        cell = current_cell()
        if cell is not None and self._shown_in == cell:
            # The last value of the cell whose call has just shown the page.
            self._shown_in = None
            return
        show_here({"text/html": self._repr_html_(), "text/plain": repr(self)})

    def __repr__(self) -> str:
        space = self.space
        state = f"open at {self.address}" if self.is_open else "closed; open() or show() opens it again"
        return f"<Explorer of {space.data.name}: {len(space)} items, {space.latent_dim} latent dimensions, {state}>"

    # ---- what is on show ----

    @property
    def space(self) -> LatentSpace:
        """The space on show."""
        return self._catalogue[self._views.view_state.space].space()

    @property
    def z(self) -> np.ndarray | None:
        """The latent point on show, ``[d]`` float32; None before a page was there."""
        point = self._views.view_state.z
        return None if point is None else point.copy()

    @property
    def item(self) -> int | None:
        """Number of the item on show in `space`, or of the one the sliders left from; None away from items."""
        return self._views.view_state.item

    @property
    def item_id(self) -> Any:
        """The id of that item in the table of the data set."""
        return None if self.item is None else self.space.data.table.index[self.item]

    @property
    def decoded(self) -> np.ndarray | None:
        """The decoder's mean at the point on show, ``[*sample_shape]`` float32 in the units of the data."""
        if self.z is None:
            return None
        space = self.space
        with torch.inference_mode():
            point = torch.from_numpy(self.z[None]).to(space.model.prior.mean.device)
            mean: np.ndarray = space.model.likelihood(point).mean[0].detach().float().cpu().numpy()
        low, high = space.data.value_range
        return low + (high - low) * mean if space.data.kind == "image" else mean

    @property
    def pins(self) -> tuple[np.ndarray | None, np.ndarray | None]:
        """The latent points pinned as A and B, ``[d]`` float32 each, None where there is none."""
        a, b = self._views.view_state.pins
        return (None if a is None else a.copy(), None if b is None else b.copy())

    @property
    def projection(self) -> str:
        """Id of the map on show."""
        return self._views.view_state.projection

    @property
    def selection(self) -> np.ndarray:
        """Numbers of the items selected, ``[m]``: those chosen by lasso, box or search.

        Where none were, those in the part of the map in view whose class the legend shows.
        """
        return selected_items(self.space, self._views.view_state)

    # ---- going somewhere ----

    def go_to(self, item: int | str | None = None, *, z: Any = None) -> None:
        """Move the page to an item or a latent point; a page opened later begins there.

        Parameters
        ----------
        item : int or str, optional
            Number of an item in `space`, or its id if that is a text.
        z : array or Tensor, optional
            A latent point ``[d]``.

        Raises
        ------
        InputError
            If not exactly one of both is given, there is no such item, or `z` is no latent point.
        """
        number, point = self._point(item, z)
        self._views.go(self._views.view_state.space, point, number)

    def _point(self, item: int | str | None, z: Any) -> tuple[int | None, np.ndarray]:
        space = self.space
        if (item is None) == (z is None):
            raise InputError("Give either an item or z, a latent point.")
        if item is not None:
            number = _number_of(space, item)
            return number, np.array(space.mean[number], dtype=np.float32)
        if hasattr(z, "detach"):
            z = z.detach().cpu().numpy()
        try:
            point = np.array(z, dtype=np.float32)
        except (TypeError, ValueError):
            point = np.empty(0, dtype=np.float32)
        if point.size != space.latent_dim or point.shape not in ((point.size,), (1, point.size)):
            raise InputError(f"z must be a latent point of {space.latent_dim} numbers.")
        if not np.isfinite(point).all():
            raise InputError("z must hold finite numbers only.")
        return None, point.reshape(-1)


def _number_of(space: LatentSpace, item: int | str) -> int:
    if isinstance(item, str):
        index = space.data.table.index
        if item not in index:
            raise InputError(f"There is no item with the id {item!r}.")
        return int(index.get_loc(item))
    if not isinstance(item, (int, np.integer)) or isinstance(item, bool) or not 0 <= item < len(space):
        raise InputError(f"There is no item {item!r}; the items are 0 to {len(space) - 1}.")
    return int(item)
