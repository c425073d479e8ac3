"""Every speed that is owed, measured: ``make bench``.

    python -m tests.benchmarks
    python -m tests.benchmarks --only slider,touch
    python -m tests.benchmarks --quick

Ratios compare two ways of doing the same in one run. The exit code is 0 whatever the
figures say: a busy machine is no defect. It is 1 only where a measurement could not be taken.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Sequence

from tests.benchmarks.machine import facts
from tests.benchmarks.table import Row, table


def _slider(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import slider

    return slider.run(chosen.presses)


def _touch(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import touch

    return touch.run(chosen.clicks, chosen.moves, not chosen.quick)


def _projection(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import projection

    return projection.run()


def _start(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import start

    return start.run(chosen.starts)


def _opening(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import opening

    return opening.run(chosen.starts)


def _memory(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import memory

    return memory.run(chosen.items)


def _encoding(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import encoding

    return encoding.run(chosen.items)


def _maps(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import maps

    return maps.run(chosen.map_items)


def _waiting(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import waiting

    return waiting.run(chosen.pairs)


def _beside(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import waiting

    return waiting.run_beside(chosen.items)


def _locating(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import locating

    return locating.run(chosen.held_out)


def _million(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import million

    return million.run(chosen.big_items, chosen.big_moves)


def _trusting(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import trusting

    return trusting.run(chosen.inverse_size, chosen.seeds)


def _shading(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import shading

    return shading.run(1 if chosen.quick else 3)


def _training(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import training

    found = training.run(chosen.training_items, 1, chosen.pairs)
    return [
        Row(f"{one['what']}: an epoch of {one['items']:,}", f"{one['trainer_seconds']:.2f} s",
            f"{one['plain_seconds']:.2f} s", one["ratio"], f"≤ {one['owed']}", one["ratio"] <= one["owed"])
        for one in found
    ]  # fmt: skip


def _crowd(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import crowd

    return crowd.run(chosen.touches)


def _searching(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import searching

    return searching.run(chosen.big_items, chosen.touches)


def _interpret(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import interpret

    return interpret.run()


def _inverse(chosen: argparse.Namespace) -> list[Row]:
    from tests.benchmarks import inverse_rows

    return inverse_rows.run(chosen.inverse_size, chosen.inverse_transform_points)


MEASURES: dict[str, Callable[[argparse.Namespace], list[Row]]] = {
    "slider": _slider,
    "touch": _touch,
    "projection": _projection,
    "inverse": _inverse,
    "maps": _maps,
    "trusting": _trusting,
    "shading": _shading,
    "locating": _locating,
    "waiting": _waiting,
    "beside": _beside,
    "interpret": _interpret,
    "crowd": _crowd,
    "searching": _searching,
    "million": _million,
    "training": _training,
    "encoding": _encoding,
    "start": _start,
    "opening": _opening,
    "memory": _memory,
}
#: option: what it is, full size, size with --quick
SIZES = {
    "presses": ("slider: key presses a page", 120, 40),
    "clicks": ("touch: clicks a map", 60, 15),
    "moves": ("touch: pointer moves of the lens a map", 240, 80),
    "touches": ("crowd and searching: touches beside others", 200, 60),
    "items": ("encoding and memory: images", 70_000, 10_000),
    "training-items": ("training: images of an epoch", 20_000, 4_000),
    "pairs": ("training: pairs of runs", 5, 3),
    "starts": ("start and opening: starts", 3, 3),
    "inverse-size": ("inverse: items a map is fitted on", 3_000, 800),
    "map-items": ("maps: items laid out by t-SNE", 70_000, 10_000),
    "big-items": ("million and searching: items", 1_000_000, 200_000),
    "big-moves": ("million: pans and zooms", 60, 20),
    "held-out": ("locating: items placed anew", 500, 200),
    "seeds": ("trusting: seeds of each set", 3, 1),
    "inverse-transform-points": ("inverse: points for umap.inverse_transform", 500, 10),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for and print one table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", metavar="A,B", help=f"some of {', '.join(MEASURES)}")
    parser.add_argument("--quick", action="store_true", help="smaller sizes; the figures are rougher")
    for name, (what, full, quick) in SIZES.items():
        parser.add_argument(f"--{name}", type=int, help=f"{what} ({full}; --quick {quick})")
    chosen = parser.parse_args(arguments)
    for name, (_, full, quick) in SIZES.items():
        field = name.replace("-", "_")
        if getattr(chosen, field) is None:
            setattr(chosen, field, quick if chosen.quick else full)
    names = chosen.only.split(",") if chosen.only else list(MEASURES)
    if unknown := [name for name in names if name not in MEASURES]:
        parser.error(f"there is no {', '.join(unknown)}; take some of {', '.join(MEASURES)}")
    machine = facts()
    print(machine, flush=True)
    rows: list[Row] = []
    broken: list[str] = []
    for name in names:
        begun = time.perf_counter()
        found: list[Row] = []
        try:
            found = MEASURES[name](chosen)
        except Exception:  # noqa: BLE001 - the other measurements are still wanted
            traceback.print_exc()
            broken.append(name)
        rows += found
        # At once as well: who ends a long run early keeps what was found.
        print(f"{table(found)}\n{name}: took {time.perf_counter() - begun:.0f} s\n", flush=True)
    print(f"{machine}\n{table(rows)}", flush=True)
    if broken:
        print(f"could not be measured: {', '.join(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
