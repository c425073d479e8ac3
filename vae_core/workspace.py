"""The folder in which everything that is kept lies."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from vae_core.errors import InputError

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class Workspace:
    """The folder shared by all visitors: caches, models, jobs, groups, names.

    Nothing is created before something is written.

    Parameters
    ----------
    root : Path, optional
        The folder; by default ``latent-explorer`` in the user's data folder.

    Raises
    ------
    InputError
        If the folder cannot be written to or a file is in its place.
    """

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = Path(root).expanduser().absolute() if root is not None else default_root()
        existing = self.root
        while not existing.exists() and existing != existing.parent:
            existing = existing.parent
        if not existing.is_dir():
            raise InputError(
                f"The workspace {self.root} cannot be a folder because {existing} is a file; name another."
            )
        if not os.access(existing, os.W_OK | os.X_OK):
            raise InputError(f"The workspace {self.root} cannot be written to; name another with --workspace.")

    def __repr__(self) -> str:
        return f"Workspace({str(self.root)!r})"

    @property
    def jobs_folder(self) -> Path:
        """The folder of long work, ``root/jobs``."""
        return self.root / "jobs"

    def make(self) -> None:
        """Make the folder now, before long work whose result is to be kept in it.

        Raises
        ------
        InputError
            If it cannot be made.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"The workspace {self.root} cannot be made ({error.strerror}); name another with --workspace."
            ) from error

    def space_folder(self, fingerprint: str) -> Path:
        """Return the folder of one latent space, ``root/spaces/<fingerprint>``; made by the first write.

        Raises
        ------
        InputError
            If `fingerprint` is not a plain name.
        """
        if not _SAFE_NAME.fullmatch(fingerprint):
            raise InputError(f"{fingerprint!r} cannot name a space; take the fingerprint of one.")
        return self.root / "spaces" / fingerprint


def default_root() -> Path:
    """Return ``latent-explorer`` in the folder where this platform keeps a user's data."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base.absolute() / "latent-explorer"
