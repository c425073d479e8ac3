"""A running server: the page and its API on an open port, with workers of its own for long work."""

from __future__ import annotations

import contextlib
import ctypes
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.server.access import Access, is_loopback, new_token
from vae_core.errors import InputError

if TYPE_CHECKING:
    from vae_core import Catalogue

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h
#: Seconds between the server's start and that of its workers.
WARM_UP_AFTER = 2.0


def listen(host: str, port: int) -> socket.socket:
    """Take a port of this machine; 0 takes any that is free.

    Raises
    ------
    InputError
        If the port is taken, or there is no such address here.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there it would let two programs share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, UnicodeError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or "no such address"
        raise InputError(
            f"Port {port} of {host} cannot be used ({reason}); take another port, or 0 for any free port."
        ) from error
    return listener


def access_to(host: str, own: str, token: str | None, open_to_all: bool = False) -> Access:
    """Return who is answered at an address of this machine.

    Parameters
    ----------
    host : str
        The address that was asked for.
    own : str
        The numeric address that listens.
    token : str, optional
        What visitors have to know. Where there is none, an address that other machines reach gets one by chance.
    open_to_all : bool
        Ask for no token.
    """
    if token is None and not open_to_all and not is_loopback(own):
        token = new_token()
    return Access(answered_hosts(host, own), None if open_to_all else token)


def answered_hosts(host: str, address: str) -> frozenset[str] | None:
    """Return the names the server answers to besides loopback's; None for every address of this machine."""
    return None if address in ("0.0.0.0", "::") else frozenset({host.lower(), address})


class Server:
    """The page on an open port, until it is closed.

    Parameters
    ----------
    catalogue : Catalogue
        The spaces to show.
    jobs_folder : Path
        Where long work is kept.
    listener : socket
        The open port, which is the server's from now on.
    host : str
        The address that was asked for.
    assets : Path
        Folder of style sheet and scripts.
    warm : bool
        Load the libraries of long work, and find the first figures of Interpret, before they are asked for.
    token : str, optional
        What visitors have to know; by default chance decides it where other machines reach the address.
    open_to_all : bool
        Ask for no token.
    **options
        As of `components.server.dash_app.create_dash`.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        jobs_folder: Path,
        listener: socket.socket,
        host: str,
        assets: Path,
        *,
        warm: bool = True,
        token: str | None = None,
        open_to_all: bool = False,
        **options: Any,
    ) -> None:
        from components.api.first_figures import FirstFigures
        from components.server.connections import Listener
        from components.server.dash_app import create_dash
        from vae_core.jobs import Jobs

        give_memory_back()
        own, self.port = listener.getsockname()[:2]
        self.catalogue = catalogue
        self._jobs = Jobs(jobs_folder)
        access = access_to(host, own, token, open_to_all)
        self._first_figures = FirstFigures() if warm else None
        app = create_dash(catalogue, self._jobs, assets, access=access, first_figures=self._first_figures, **options)
        self._server = Listener(app.server, listener)
        # A moment later: the first page must not wait for what is only to be used after it.
        self._warming = threading.Timer(WARM_UP_AFTER, self._jobs.warm_up) if warm else None
        self._thread: threading.Thread | None = None
        everywhere = host in ("0.0.0.0", "::")
        self.address = access.address(_page_at("127.0.0.1" if everywhere else host, self.port))
        #: What other machines type, if that is another one.
        self.address_from_afar = access.address(_page_at(socket.gethostname(), self.port)) if everywhere else None

    def run(self) -> None:
        """Serve until interrupted, or closed by another thread."""
        if self._warming is not None:
            self._warming.daemon = True
            self._warming.start()
        try:
            self._server.run()
        finally:
            self._end()

    def start(self) -> None:
        """Serve from a thread."""
        self._thread = threading.Thread(target=self.run, name="latent-explorer", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until a server that was started is closed; an interruption ends the waiting only."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(1.0)  # not for ever: there are systems on which Ctrl-C would wait as well

    def close(self) -> None:
        """End a server that was started, or never run: port, connections, threads and workers are free afterwards."""
        if self._thread is None:
            self._server.task_dispatcher.shutdown()
            self._end()
        if self._thread is None or not self._thread.is_alive():
            return
        refusing = threading.Event()

        def refuse() -> None:
            for channel in list(self._server.active_channels.values()):
                channel.handle_close()
            self._server.del_channel()
            self._server.socket.close()
            refusing.set()

        # Connections belong to the thread that serves them.
        self._server.trigger.pull_trigger(refuse)
        refusing.wait(5)
        # Before the trigger goes: an answer under way still pulls it, and its number may be another file's by then.
        self._server.task_dispatcher.shutdown()
        self._server.trigger.pull_trigger(self._server.trigger.close)
        self._thread.join()

    def _end(self) -> None:
        if self._warming is not None:
            self._warming.cancel()
        # Beside each other: any of them may wait for what does not listen, and who presses Ctrl-C waits for all.
        closing = [self._jobs.close, *([] if self._first_figures is None else [self._first_figures.close])]
        endings = [threading.Thread(target=close, name="ending") for close in closing]
        for ending in endings:
            ending.start()
        self._server.task_dispatcher.shutdown()
        for ending in endings:
            ending.join()
        self._server.close()


def _page_at(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def give_memory_back() -> None:
    """Have large arrays returned to the system when they are let go: eight threads would each keep some.

    With a million items open the server grew by 300 bytes per item, and grows by 65 since.
    """
    # Only GNU's C library has this switch; elsewhere there is nothing to be set.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_MMAP_THRESHOLD, 2**20)
