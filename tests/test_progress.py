"""What a note of progress tells programs, on its way through a job's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from vae_core.jobs.files import FolderProgress
from vae_core.progress import Note
from vae_core.space.maps.settings import LAYOUT, ProjectionSettings
from vae_core.space.maps.tsne import fit_tsne
from vae_core.space.neighbours.index import Neighbours


def test_a_note_is_its_words_and_what_they_are_about() -> None:
    note = Note("KL divergence 1.20", LAYOUT, keepable=True)
    assert note == "KL divergence 1.20" and (note.phase, note.keepable) == (LAYOUT, True)
    assert (Note("words").phase, Note("words").keepable) == ("", False)


def test_it_comes_through_the_folder_of_a_job(tmp_path: Path) -> None:
    progress = FolderProgress(tmp_path)
    for note, about in ((Note("step 3", "layout", keepable=True), ("layout", True)), ("neighbours", ("", False))):
        progress(3, 3, note)
        told = json.loads((tmp_path / "progress.json").read_text())
        assert told["note"] == note and (told["phase"], told["keepable"]) == about


def test_a_layout_can_be_kept_once_its_points_have_moved() -> None:
    heard: list[Any] = []

    def hear(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        heard.append((step, note))
        return True

    mean = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    fit_tsne(ProjectionSettings("tsne", perplexity=5.0), mean, Neighbours(mean), hear)
    keepable = [step for step, note in heard if getattr(note, "keepable", False)]
    assert keepable and min(keepable) > 0
    assert all(note.phase == LAYOUT for step, note in heard if step > 0 and isinstance(note, Note))
    assert [note for _, note in heard if note == "affinities"], "what comes before is no part of the layout"
