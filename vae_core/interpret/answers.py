"""What was found out about one space: the first figures, the whole ones, and where they are kept."""

from __future__ import annotations

import threading
import weakref
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae_core.errors import InputError
from vae_core.interpret.result_files import load_result, save_result
from vae_core.interpret.studies import StudyRequest
from vae_core.progress import Progress, silent
from vae_core.space.encodings.checkpoint import DRAWS
from vae_core.threads import computing_with

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


@dataclass(frozen=True)
class StudyResult:
    """What a study found.

    Parameters
    ----------
    result : object
        Of the study's own class.
    whole : bool
        Whether it rests on all the items the study looks at, and not on a first few of them.
    """

    result: Any
    whole: bool


class Answers:
    """The answers of one space: in memory, in its folder, or found out now. Made by `answers_of`.

    Spaces of the same model, data and table have the same answers, whichever of them is asked.
    """

    def __init__(self, space: LatentSpace) -> None:
        self.id = identity(space)
        self._spaces: weakref.WeakSet[LatentSpace] = weakref.WeakSet([space])
        self._found: dict[str, StudyResult] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def cached(self, asked: StudyRequest) -> StudyResult | None:
        """Return what is known already, the whole of it if there is one."""
        found = self._found.get(asked.id)
        if found is not None and found.whole:
            return found
        # Another server on the folder may have come to the whole of it.
        for path in self._paths(asked):
            result = load_result(path, asked.study.result_class(), stamp=self._stamp(asked))
            if result is not None:
                return self._remember(asked, StudyResult(result, True), keeping=False)
        return found

    def preview(self, asked: StudyRequest, progress: Progress = silent) -> StudyResult:
        """Return what is known, or else find out from the study's first few items.

        Raises
        ------
        InputError
            If the space cannot be asked that.
        Stopped
            If `progress` asks to stop.
        """
        with self._locked(asked.id):
            found = self.cached(asked)
            if found is None:
                space, few = self.space, asked.study.first
                if few is not None and few >= len(space):
                    few = None
                # Of a distortion that is still refined nothing is the whole.
                whole = few is None and not (asked.study.by_distortion and space.draws < DRAWS)
                found = self._remember(asked, StudyResult(self._compute(asked, few, progress), whole))
            return found

    def complete(self, asked: StudyRequest, progress: Progress = silent) -> StudyResult:
        """Return the whole answer: known, or found out now and kept.

        Raises
        ------
        InputError
            If the space cannot be asked that.
        Stopped
            If `progress` asks to stop.
        """
        with self._locked(f"{asked.id}/whole"):
            found = self.cached(asked)
            if found is None or not found.whole:
                if asked.study.by_distortion:
                    self.space.refine_distortion(progress)
                found = self._remember(asked, StudyResult(self._compute(asked, None, progress), True))
            return found

    @property
    def space(self) -> LatentSpace:
        """The space that is asked."""
        space = next(iter(self._spaces), None)
        if space is None:
            raise InputError("This space is closed; open it again.")
        return space

    def belong_to(self, space: LatentSpace) -> None:
        """Take in another space of the same content."""
        self._spaces.add(space)

    def _compute(self, asked: StudyRequest, items: int | None, progress: Progress) -> Any:
        # One thread: a team of them would make every touch of the page wait for its members.
        with computing_with(1):
            return asked.study.compute()(self.space, items=items, progress=progress, **asked.arguments())

    def _remember(self, asked: StudyRequest, found: StudyResult, keeping: bool = True) -> StudyResult:
        """Take in an answer, unless the whole one has come meanwhile; return the one that holds."""
        with self._lock:
            known = self._found.get(asked.id)
            if known is not None and (known.whole or not found.whole):
                return known
            self._found[asked.id] = found
        if found.whole and keeping:
            for folder in {space.folder for space in self._spaces if space.folder is not None}:
                save_result(_path(folder, asked), found.result, stamp=self._stamp(asked))
        return found

    def _paths(self, asked: StudyRequest) -> list[Path]:
        spaces = list(self._spaces)
        folders = [space.folder for space in spaces] + [space.shipped for space in spaces]
        return [_path(folder, asked) for folder in dict.fromkeys(folders) if folder is not None]

    def _stamp(self, asked: StudyRequest) -> str:
        return f"{self.id}/{asked.id}/{asked.study.version}"

    def _locked(self, name: str) -> threading.Lock:
        with self._lock:
            return self._locks[name]


def _path(folder: Path, asked: StudyRequest) -> Path:
    return folder / "studies" / f"{asked.id}.npz"


_answers: weakref.WeakKeyDictionary[LatentSpace, Answers] = weakref.WeakKeyDictionary()
_open: weakref.WeakValueDictionary[str, Answers] = weakref.WeakValueDictionary()
_guard = threading.Lock()


def identity(space: LatentSpace) -> str:
    """Name the content of a space and of its table: two spaces of the same have the same answers."""
    return f"{space.fingerprint}-{space.data.table_fingerprint[:16]}"


def answers_of(space: LatentSpace) -> Answers:
    """Return the answers of a space; the same object for everybody who asks, of any space of the same content."""
    with _guard:
        found = _answers.get(space)
        if found is None:
            found = _open.get(identity(space)) or Answers(space)
            found.belong_to(space)
            _answers[space] = _open[found.id] = found
        return found


def study(space: LatentSpace, name: str, *, progress: Progress = silent, **chosen: str) -> Any:
    """Ask a space what a page of Interpret shows, and keep the answer with the space.

    Parameters
    ----------
    space : LatentSpace
        The space.
    name : str
        Of the study, see `vae_core.interpret.studies.STUDIES`: "collapse", "evidence", "relations" …
    progress : Progress
        Hears of finished steps.
    **chosen : str
        What the page offers as choices, such as ``samples="256"`` of "evidence". Whatever else the study's own function
        takes (seed, items) is asked of that function.

    Returns
    -------
    dataclass
        The study's own result.

    Raises
    ------
    InputError
        If there is no such study or choice, or the space cannot be asked that.
    Stopped
        If `progress` asks to stop.
    """
    columns = tuple(str(column) for column in space.data.table.columns)
    return answers_of(space).complete(StudyRequest.of(name, chosen, columns), progress).result


def open_space(name: str) -> LatentSpace:
    """Return a space that has been asked something in this process, by its `identity`.

    Raises
    ------
    InputError
        If no such space is open.
    """
    found = _open.get(name)
    if found is None:
        raise InputError("The space of this work is not open; look at it once, then start the work again.")
    return found.space


def answer_in_server(space: str, study: str, chosen: dict[str, str], progress: Progress = silent) -> None:
    """Find the whole answer of a space that is open in this process; for jobs, which know it by its `identity`.

    Raises
    ------
    InputError
        If no such space is open.
    """
    found = open_space(space)
    columns = tuple(str(name) for name in found.data.table.columns)
    answers_of(found).complete(StudyRequest.of(study, chosen, columns), progress)


def refine_distortion_in_server(space: str, progress: Progress = silent) -> None:
    """Take the missing draws of the distortion of a space that is open in this process, known by its `identity`.

    Raises
    ------
    InputError
        If no such space is open.
    """
    with computing_with(1):  # as for studies: what the page is touched for comes first
        open_space(space).refine_distortion(progress)
