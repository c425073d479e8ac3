"""Spaces are opened once, by whoever asks first."""

from __future__ import annotations

import threading
import time
from typing import cast

import pytest

from vae_core import Catalogue, InputError, LatentSpace

SPACE = cast(LatentSpace, object())


def test_the_order_of_adding_is_kept() -> None:
    catalogue = Catalogue()
    for id in ("b", "a", "c"):
        catalogue.add(id, id.upper(), lambda: SPACE)
    assert [entry.id for entry in catalogue] == ["b", "a", "c"] and len(catalogue) == 3
    assert catalogue["a"].title == "A"
    with pytest.raises(KeyError):
        catalogue["d"]
    with pytest.raises(InputError, match="another name"):
        catalogue.add("a", "Again", lambda: SPACE)


def test_many_who_ask_at_once_open_a_space_once() -> None:
    opened: list[int] = []

    def open_slowly() -> LatentSpace:
        opened.append(1)
        time.sleep(0.05)
        return SPACE

    catalogue = Catalogue()
    entry = catalogue.add("slow", "Slow", open_slowly)
    assert not entry.is_open
    found: list[LatentSpace] = []
    threads = [threading.Thread(target=lambda: found.append(entry.space())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == [1] and entry.is_open and all(space is SPACE for space in found) and len(found) == 8


def test_a_space_that_failed_to_open_is_tried_again() -> None:
    answers: list[LatentSpace | None] = [None, SPACE]

    def open_at_second_try() -> LatentSpace:
        answer = answers.pop(0)
        if answer is None:
            raise InputError("not yet.")
        return answer

    entry = Catalogue().add("moody", "Moody", open_at_second_try)
    with pytest.raises(InputError):
        entry.space()
    assert entry.space() is SPACE


def test_a_space_in_memory_is_open_from_the_start() -> None:
    space = object.__new__(LatentSpace)
    entry = Catalogue().add("here", "Here", space)
    assert entry.is_open and entry.space() is space
