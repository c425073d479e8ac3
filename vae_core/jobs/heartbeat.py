"""Signs of life of servers that share a folder of jobs: a file each, touched every second.

No process is asked whether it lives and no clock of another machine is believed: who looks compares what he sees with
what he saw before. Whoever was stopped himself meanwhile, by a signal or because the machine slept, has seen nothing
in that time and counts none of it.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

#: Seconds between two beats, and between two looks at those of others.
BEAT = 1.0
#: Seconds without a beat after which a server counts as gone.
SILENCE = 4.0
#: Looks without a change that it takes besides; a sleeper that wakes makes one after a very long time.
_LOOKS = 3
_FOLDER = "servers"
_LEFT_SECONDS = 24 * 3600.0


def sign_of(root: Path, server: str) -> Path:
    """Return the file that a server touches as long as it lives."""
    return root / _FOLDER / server


class Heartbeat:
    """The sign of life of this server, kept up by a thread from the first need of it until the end.

    Parameters
    ----------
    root : Path
        The folder of the jobs.
    after : callable
        Called by the thread after every beat.
    """

    def __init__(self, root: Path, after: Callable[[], object]) -> None:
        self.server = secrets.token_hex(8)
        self._sign = sign_of(root, self.server)
        self._after = after
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._troubled = False

    def begin(self) -> None:
        """Give a sign of life now, and from now on."""
        with self._lock:
            if self._thread is None and not self._ending.is_set():
                with contextlib.suppress(OSError):  # told by the first beat
                    self._sign.parent.mkdir(parents=True, exist_ok=True)
                self._beat()
                self._sweep()
                self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
                self._thread.start()

    def server_time(self) -> float | None:
        """Return the time by the clock of whoever keeps the folder, as this server's file has it; None without one."""
        try:
            return self._sign.stat().st_mtime
        except OSError:
            return None

    def end(self) -> None:
        """Give no more signs, and take the file away: what this server had not done is interrupted."""
        self._ending.set()
        with self._lock:
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        with contextlib.suppress(OSError):  # without its beats it says the same, only later
            self._sign.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._ending.wait(BEAT):
            self._beat()
            self._after()

    def _beat(self) -> None:
        try:
            self._sign.touch()
        except OSError as error:
            if not self._troubled:
                log.warning("%s cannot be touched (%s); other servers take this one for gone.", self._sign, error)
            self._troubled = True
        else:
            self._troubled = False

    def _sweep(self) -> None:
        """Remove what servers that were killed long ago left behind."""
        now = self.server_time()
        if now is None:
            return  # it could not be made
        for other in self._sign.parent.iterdir():
            with contextlib.suppress(OSError):  # its own server takes it away just now
                if now - other.stat().st_mtime > _LEFT_SECONDS:
                    other.unlink()


class Watch:
    """Looks at a sign of life now and then, and tells whether its server is still there.

    Parameters
    ----------
    sign : Path
        A file or folder whose time changes as long as the server lives.
    now : float, optional
        The time by the folder's own clock, where it is known: then the first look tells already.
    """

    def __init__(self, sign: Path, now: float | None = None) -> None:
        self._sign = sign
        self._seen = self._look(None)
        self._since = self._looked = time.monotonic()
        self._unchanged = 0
        self._gone = self._seen is None or (now is not None and now - self._seen / 1e9 > SILENCE)

    def alive(self) -> bool:
        """Look again, at most once a beat, and return whether its server is there; one that comes back is there."""
        now = time.monotonic()
        if now - self._looked < BEAT:
            return not self._gone
        self._looked = now
        seen = self._look(self._seen)
        if seen is not None and seen != self._seen:
            self._seen, self._since, self._unchanged, self._gone = seen, now, 0, False
            return True
        self._unchanged += 1
        if seen is None or (self._unchanged >= _LOOKS and now - self._since > SILENCE):
            self._gone = True
        return not self._gone

    def _look(self, otherwise: int | None) -> int | None:
        try:
            return self._sign.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        except OSError:
            return otherwise  # a share that does not answer shows no change
