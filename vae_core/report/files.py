"""Reports that are kept with their space, and made anew once something in them has changed."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from vae_core.drawing import markup
from vae_core.errors import InputError
from vae_core.interpret.answers import identity, open_space
from vae_core.interpret.meaning.own_names import own_names_of
from vae_core.interpret.studies import STUDIES
from vae_core.progress import Progress, silent
from vae_core.report.origin import versions
from vae_core.report.page import report_html
from vae_core.storage import write_text

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_memory: weakref.WeakKeyDictionary[LatentSpace, tuple[str, str]] = weakref.WeakKeyDictionary()
_guard = threading.Lock()
_TIMES = 3


def kept_report(space: LatentSpace) -> str | None:
    """Return a space's report if there is one of all that is known now, else None."""
    if space.folder is None:
        with _guard:
            stamp, html = _memory.get(space, ("", ""))
        return html if stamp == _stamp(space) else None
    try:
        return _path(space.folder, _stamp(space)).read_text(encoding="utf-8")
    except OSError:
        return None


def make_report(space: LatentSpace, progress: Progress = silent) -> str:
    """Make a space's report and keep it; see `report_html`.

    Raises
    ------
    InputError
        If it cannot be written into the space's folder.
    Stopped
        If `progress` asks to stop.
    """
    # A name given meanwhile, or a map that came, would be missing: what is known is made once more, which is quick.
    for _ in range(_TIMES):
        stamp = _stamp(space)
        html = report_html(space, progress)
        if _stamp(space) == stamp:
            break
    if space.folder is None:
        with _guard:
            _memory[space] = (stamp, html)
        return html
    path = _path(space.folder, stamp)
    try:
        write_text(path, html)
    except OSError as error:
        raise InputError(f"The report cannot be kept in {space.folder} ({error.strerror}); make room.") from error
    for older in path.parent.glob("report-*.html"):
        if older != path:
            with contextlib.suppress(OSError):  # it takes room, no more
                older.unlink()
    return html


def report_in_server(space: str, progress: Progress = silent) -> None:
    """Make the report of a space that is open in this process; for jobs, which know it by its `identity`.

    Raises
    ------
    InputError
        If no such space is open.
    """
    make_report(open_space(space), progress)


def _path(folder: Path, stamp: str) -> Path:
    return folder / "studies" / f"report-{stamp}.html"


def _stamp(space: LatentSpace) -> str:
    """Name what a report was made from: the studies, the names people gave, the maps there are, all versions.

    And what draws it, which changes without a version where the program runs from its source folder.
    """
    names = sorted(own_names_of(space).by_dimension().items())
    studies = [(study.name, study.version) for study in STUDIES]
    known = [studies, names, space.projection_ids(), versions(), _drawn_by()]
    return hashlib.sha256(json.dumps([identity(space), *known]).encode()).hexdigest()[:16]


@functools.cache
def _drawn_by() -> str:
    """Name the words, drawings and styles of this program by their content."""
    content = hashlib.sha256()
    for folder in (Path(__file__).parent, Path(markup.__file__).parent):
        for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.css")]):
            content.update(path.read_bytes())
    return content.hexdigest()
