"""Columns of every type that a table can have, as everyone who asks for columns sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient

from components.figures.map_figure import map_figure
from components.figures.raster_map import BigMap
from components.server.dash_app import create_dash
from tests.components.conftest import ASSETS
from vae_core import Catalogue, InputError, LatentSpace
from vae_core.browse.colouring import Classes, Scale, colouring
from vae_core.browse.filters import ItemFilter
from vae_core.browse.finding import find_items
from vae_core.browse.ranking import Rankings, orders_of
from vae_core.columns.column_values import ColumnValues
from vae_core.columns.item_columns import columns_of_items
from vae_core.columns.of_space import column_called, columns, default_column, values_of
from vae_core.columns.reading import read_column
from vae_core.interpret.items.wrong_items import wrong_items
from vae_core.interpret.meaning.along import along_dimension
from vae_core.interpret.meaning.probes import probes
from vae_core.interpret.meaning.relations import Relations, relations
from vae_core.jobs import Jobs
from vae_core.report.cards import relations as relations_card
from vae_core.report.relation import relation

N = 60
DAYS = pd.date_range("2021-03-01", periods=N, freq="36h")
SOME = np.arange(N)


def gaps(values: Any) -> pd.Series:
    """The same with every fifth value missing."""
    return pd.Series(values).where(SOME % 5 > 0)


#: name: values, kind, how item 1 is written
TYPES: dict[str, tuple[Any, str, str | None]] = {
    "truth": (SOME % 3 == 0, "category", "False"),
    "truth with gaps": (pd.array([True, False, None] * 20, dtype="boolean"), "category", "False"),
    "objects of truth": (pd.Series([True, False, None] * 20, dtype=object), "category", "False"),
    "unordered": (pd.Categorical(["b", "a", "c"] * 20, categories=["c", "b", "a", "none"]), "category", "a"),
    "ordered": (pd.Categorical(["S", "L", "M"] * 20, ["S", "M", "L"], ordered=True), "category", "L"),
    "named alike": (pd.Categorical([1, "1", 2] * 20, categories=["1", 2, 1]), "category", "1"),
    "bins": (pd.cut(SOME, [-1, 5, 20, 100]), "category", "(-1, 5]"),
    "few whole": (SOME % 12, "category", "1"),
    "whole with gaps": (gaps(SOME % 12).astype("Int64"), "category", "1"),
    "floats for gaps": (gaps(SOME % 12), "category", "1"),
    "objects of whole": (pd.Series([10, 9, None] * 20, dtype=object), "category", "9"),
    "many whole": (SOME * 7, "number", "7.000"),
    "large whole": (pd.array(2**60 + SOME % 3, dtype="UInt64"), "category", str(2**60 + 1)),
    "floats": (SOME / 7, "number", "0.1429"),
    "infinite": (np.where(SOME % 2, np.inf, SOME / 7), "number", None),
    "decimal": (pd.Series([Decimal(int(i)) / 8 for i in SOME], dtype=object), "number", "0.1250"),
    "sparse": (pd.arrays.SparseArray(np.where(SOME % 4 == 1, 0.5, 0.0)), "number", "0.5000"),
    "days": (DAYS.normalize(), "date", "2021-03-02"),
    "moments": (gaps(DAYS), "date", "2021-03-02 12:00"),
    "of a zone": (DAYS.tz_localize("Europe/Berlin"), "date", "2021-03-02 12:00"),
    "objects of days": (pd.Series([one.date() for one in DAYS], dtype=object), "date", "2021-03-02"),
    "objects of zones": (
        pd.Series(
            [one.to_pydatetime().replace(tzinfo=dt.timezone(dt.timedelta(hours=i % 3))) for i, one in enumerate(DAYS)]
        ),
        "date",
        "2021-03-02 11:00",
    ),
    "one moment": (pd.Series([DAYS[0]] * N), "date", "2021-03-01"),
    "months": (pd.period_range("2001-01", periods=N, freq="M"), "date", "2001-02"),
    "spans": (pd.to_timedelta(SOME * 90, unit="s"), "number", "0.02500 h"),
    "spans with gaps": (gaps(pd.to_timedelta(SOME, unit="D")), "number", "1.000 d"),
    "words": (["x", "y", None] * 20, "category", "y"),
    "names": ([f"item {i}" for i in SOME], "text", "item 1"),
    "mixed": (pd.Series([1, "a", None, (2,), dt.date(2020, 1, 1), {"b": 2}] * 10, dtype=object), "category", "a"),
    "one value": (["same"] * N, "category", "same"),
    "one number": (np.full(N, 2.5), "number", "2.500"),
    "missing": (np.full(N, np.nan), "nothing", None),
    "objects missing": (pd.Series([None] * N, dtype=object), "nothing", None),
    "moments missing": (pd.Series([pd.NaT] * N), "nothing", None),
    "complex": (1j * SOME, "nothing", None),
}


@pytest.fixture(scope="module")
def every(grey: LatentSpace) -> LatentSpace:
    table = pd.DataFrame({name: pd.Series(values) for name, (values, _, _) in TYPES.items()})
    return LatentSpace.build(grey.model, replace(grey.data, table=table, name="every"))


@pytest.fixture(scope="module")
def related(every: LatentSpace) -> Relations:
    return relations(every, measured=False)


@pytest.fixture(scope="module")
def asking(every: LatentSpace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    catalogue, jobs = Catalogue(), Jobs()
    catalogue.add("every", "Every", every)
    client = create_dash(catalogue, jobs, ASSETS).server.test_client()
    yield client
    jobs.close()


def usable(values: ColumnValues) -> bool:
    """Whether studies can use it: it has values, and not the same one everywhere."""
    if values.kind in ("text", "nothing"):
        return False
    known = values.codes[values.codes >= 0] if values.has_classes else values.values[np.isfinite(values.values)]
    return len(np.unique(known)) > 1


@pytest.mark.parametrize("name", TYPES)
def test_a_column_is_the_same_for_everyone(
    every: LatentSpace, related: Relations, asking: FlaskClient, name: str
) -> None:
    _, kind, written = TYPES[name]
    values = values_of(every, name)
    assert values is not None and (values.kind, values.format_item(1)) == (kind, written)
    known = int(values.observed_mask(N).sum())
    listed = column_called(every, name)
    assert listed is not None and listed.kind == kind and listed.colours == (kind not in ("text", "nothing"))
    projection = every.projection("pca")

    # Colours, legend, and the map as a picture.
    if listed.colours:
        chosen = colouring(every, projection, name)
        assert map_figure(every, projection, name).data
        assert len(BigMap(projection, chosen).points(SOME)) == N
        if isinstance(chosen, Classes):
            assert np.bincount(chosen.codes).sum() == N and chosen.missing == (known < N)
            assert chosen.names[chosen.codes[1]] == (written or "missing")
        else:
            assert np.isfinite(chosen.values).sum() == known and chosen.low < chosen.high
            assert bool(chosen.ticks) == (kind == "date")
    else:
        with pytest.raises(InputError, match="cannot be coloured"):
            colouring(every, projection, name)

    # The gallery's order, tiles and filter.
    assert listed.orders == (name in [one["name"] for one in orders_of(every)])
    if listed.orders:
        order = Rankings().get(every, name, False, "").order
        ordered = values.values[order]
        assert np.all(np.diff(ordered[:known]) >= 0) and np.isnan(ordered[known:]).all()
        low, high = np.nanmin(values.values), np.nanmax(values.values)
        assert len(ItemFilter(name, float(low), float(high)).items(every)) == known
    if written is not None and listed.kind in ("category", "date"):
        assert 1 in ItemFilter(name, value=written).items(every)
    answer = asking.get(f"/api/spaces/every/columns/{name}/values")
    assert answer.status_code == (200 if listed.colours else 404)
    if listed.colours:
        told = answer.get_json()
        if kind == "category":
            assert sum(one["count"] for one in told["values"]) == known
        else:
            assert told["low"] <= told["high"] and told["kind"] == kind and told["step"] == listed.step
    tiles = asking.post("/api/spaces/every/ranking", json={"by": name if listed.orders else "item", "worst": False})
    assert tiles.status_code == 200, tiles.get_json()
    if kind == "date":
        assert tiles.get_json()["items"][0]["written"] == values.form.write(float(np.nanmin(values.values)))

    # The study and its heat map, whose cell opens and colours.
    assert (name in related.columns) == usable(values), dict(zip(related.left_out, related.reasons, strict=True))
    if name in related.columns:
        assert f'data-color="{name}"' in str(relations_card.all_columns(every, related))
        along = along_dimension(every, dimension=0, column=name, bins=12)
        assert along.items == known
        drawn = str(relation(every, 0, name, "table"))
        assert "nan" not in drawn
        if kind == "date":
            assert values.form.write(float(along.quantiles.min())) in drawn

    # What may be wrong with items.
    if kind in ("text", "nothing"):
        with pytest.raises(InputError):
            wrong_items(every, column=name)
    elif known > 40:
        assert wrong_items(every, column=name).disagreement is not None

    # A search, the row and the file.
    if written is not None and listed.kind in ("category", "text", "date"):
        told = find_items(every.data, written.upper())
        assert told["total"] >= 1 and any(match["index"] == 1 for match in told["matches"])
    row = asking.get("/api/spaces/every/items/1").get_json()["row"]
    if kind != "nothing":
        assert (row[name] is None) == (written is None)
    if kind == "date":
        assert row[name] == written


def test_orders_of_classes_are_kept(every: LatentSpace) -> None:
    found = {column.name: column for column in columns_of_items(every.data.table).columns}
    assert found["ordered"].categories == ("S", "M", "L") and found["ordered"].values[:3].tolist() == [0, 2, 1]
    assert found["unordered"].categories == ("c", "b", "a") and not found["unordered"].has_numbers
    assert found["objects of whole"].categories == ("9", "10"), "not as texts"
    assert found["bins"].categories[0] == "(-1, 5]"
    shown = colouring(every, every.projection("pca"), "unordered")
    assert isinstance(shown, Classes) and shown.names == ["c", "b", "a", "none"], (
        "colours do not depend on who is there"
    )


def test_everything_together(every: LatentSpace, asking: FlaskClient) -> None:
    assert default_column(every) == "truth"
    assert len({column.name for column in columns(every)}) == len(columns(every))
    assert len(probes(every, measured=False).columns) > 20
    table = asking.get("/api/spaces/every/table.csv")
    assert table.status_code == 200 and b"2021-03-02 12:00" in table.data
    told = asking.get("/api/spaces/every").get_json()["columns"]
    assert {one["name"]: one["step"] for one in told}["months"] == "month"


def test_a_column_compared_with_another_is_read_in_its_units() -> None:
    spans = read_column(pd.Series(pd.to_timedelta([0, 3], unit="h")))
    assert read_column(pd.Series(pd.to_timedelta([0, 30], unit="min")), alike=spans).values.tolist() == [0, 0.5]
    dates = read_column(pd.Series(pd.to_datetime(["2020-01-01", "2020-01-03"])))
    words = read_column(pd.Series(pd.Categorical(["2020-01-02", None, "soon"])), alike=dates)
    assert words.kind == "date" and [words.format_item(item) for item in range(3)] == ["2020-01-02", None, None]


def test_a_table_that_gets_a_column_is_read_anew(grey: LatentSpace) -> None:
    data = replace(grey.data, table=grey.data.table[["size"]].copy())
    assert len(columns_of_items(data.table).columns) == 1
    data.table["more"] = ["a", "b"] * 30
    assert [column.name for column in columns_of_items(data.table).columns] == ["size", "more"]


def test_days_are_exact_on_the_scale_of_a_map(every: LatentSpace) -> None:
    chosen = colouring(every, every.projection("pca"), "moments")
    assert isinstance(chosen, Scale)
    assert np.nanmin(np.diff(chosen.values[[1, 2, 3, 4]])) == 1.5
