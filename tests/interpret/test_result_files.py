"""What is kept comes back equal, and what is not whole does not come back at all."""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from vae_core.interpret.result_files import load_result, save_result


@dataclass(frozen=True)
class Part:
    values: np.ndarray
    file: str  # a name that NumPy's own writer has a parameter of


@dataclass(frozen=True)
class Found:
    about: np.ndarray
    number: float
    count: int
    yes: bool
    words: str
    perhaps: float | None
    names: tuple[str, ...]
    pair: tuple[int, float]
    part: Part
    parts: tuple[Part, ...]
    other: Part | None
    convention: Literal["prior", "aggregate"]


@dataclass(frozen=True)
class Larger(Part):
    more: float = 0.0


def same(one: Any, other: Any) -> bool:
    if is_dataclass(one):
        return type(one) is type(other) and all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, np.ndarray):
        alike = one.dtype == other.dtype and one.shape == other.shape
        return bool(alike and one.tobytes() == other.tobytes())
    if isinstance(one, tuple):
        return isinstance(other, tuple) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or (one != one and other != other))


some_arrays = st.sampled_from(["?", "i8", "u1", "f4", "f8"]).flatmap(
    lambda kind: arrays(np.dtype(kind), array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
)
some_parts = st.builds(Part, some_arrays, st.text(max_size=5))
results = st.builds(
    Found,
    some_arrays,
    st.floats(),
    st.integers(),
    st.booleans(),
    st.text(max_size=8),
    st.none() | st.floats(),
    st.lists(st.text(max_size=3), max_size=3).map(tuple),
    st.tuples(st.integers(), st.floats()),
    some_parts,
    st.lists(some_parts, max_size=2).map(tuple),
    st.none() | some_parts,
    st.sampled_from(["prior", "aggregate"]),
)
EXAMPLE = Found(
    np.arange(6.0).reshape(2, 3),
    0.5,
    3,
    True,
    "σ",
    None,
    ("z0", "z1"),
    (1, 2.0),
    Part(np.array([True]), "x"),
    (),
    None,
    "prior",
)
free = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@free
@given(results)
def test_comes_back_equal(tmp_path: Path, result: Found) -> None:
    assert save_result(tmp_path / "kept.npz", result)
    assert same(load_result(tmp_path / "kept.npz", Found), result)


@free
@given(st.data())
def test_damage_anywhere_leaves_nothing_to_believe(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "kept.npz"
    save_result(path, EXAMPLE)
    whole = path.read_bytes()
    if data.draw(st.booleans()):
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
        assert load_result(path, Found) is None
    else:  # a byte of the archive's own bookkeeping, such as a date, may be another: what comes back is whole
        place = data.draw(st.integers(0, len(whole) - 1))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :])
        found = load_result(path, Found)
        assert found is None or same(found, EXAMPLE)


def test_another_class_layout_or_stamp_is_not_believed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "folder" / "kept.npz"
    assert load_result(path, Part) is None and not caplog.records
    part = Part(np.zeros(2), "x")
    save_result(path, part, stamp="seed 0")
    assert same(load_result(path, Part, stamp="seed 0"), part)
    with caplog.at_level(logging.WARNING):
        assert [load_result(path, cls, stamp="seed 0") for cls in (Found, Larger)] == [None, None]
        assert load_result(path, Part, stamp="seed 1") is None
    assert len(caplog.records) == 3


def test_numpy_scalars_become_plain_numbers(tmp_path: Path) -> None:
    scalars: dict[str, Any] = {"number": np.float32(0.25), "count": np.int64(7), "yes": np.bool_(False)}
    given = replace(EXAMPLE, **scalars)
    save_result(tmp_path / "kept.npz", given)
    assert same(load_result(tmp_path / "kept.npz", Found), replace(EXAMPLE, number=0.25, count=7, yes=False))


@pytest.mark.parametrize(
    "wrong",
    [
        {"about": np.array(["text"])},
        {"about": np.array([None])},
        {"count": 1.5},
        {"number": True},
        {"names": ["z0"]},
        {"convention": "other"},
        {"part": Larger(np.zeros(1), "x")},
        {"perhaps": "half"},
    ],
)
def test_what_its_hint_does_not_say_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        save_result(tmp_path / "kept.npz", replace(EXAMPLE, **wrong))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_told_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.WARNING):
        assert not save_result(tmp_path / "file" / "kept.npz", EXAMPLE)
    assert len(caplog.records) == 1
