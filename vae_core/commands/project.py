"""``python -m vae_core project``: a map computed into a space's folder, as the page would do it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from vae_core.progress import ConsoleProgress


def register(commands: Any) -> None:
    """Add the command and its options."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "project",
        help="compute a map of encoded data",
        description="Compute a t-SNE or UMAP map of encodings; the page then shows it at once. What is there already "
        "(neighbours, the map itself) is not computed again, and a t-SNE that was interrupted goes on where it was.",
    )
    parser.add_argument("--space", required=True, type=Path, metavar="DIR", help="the folder that 'encode' printed")
    parser.add_argument("--method", choices=("tsne", "umap"), default="tsne", help="default %(default)s")
    parser.add_argument("--dimensions", type=int, choices=(2, 3), help="dimensions of the map (default 2)")
    parser.add_argument("--perplexity", type=float, help="perplexity of t-SNE (default 30)")
    parser.add_argument("--neighbours", type=int, help="neighbours of UMAP (default 15)")
    parser.add_argument("--min-dist", type=float, help="minimal distance of UMAP (default 0.1)")
    parser.add_argument("--start", metavar="MAP", help="begin with the layout of this map (default: pca)")
    parser.add_argument("--seed", type=int, help="default 0")
    parser.add_argument("--quality", action="store_true", help="measure the map afterwards and print its figures")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Compute the map, or find it there; print its name and figures."""
    from vae_core.errors import InputError
    from vae_core.space import ProjectionSettings, compute_in_folder
    from vae_core.space.cache import SpaceCache
    from vae_core.space.maps.compute import measure_in_folder

    if not chosen.space.is_dir():
        raise InputError(f"{chosen.space} is not the folder of a space; give the one that 'encode' printed.")
    asked = {
        name: getattr(chosen, name) for name in ("dimensions", "perplexity", "neighbours", "min_dist", "seed", "start")
    }
    settings = ProjectionSettings.of(
        chosen.method, **{name: value for name, value in asked.items() if value is not None}
    )
    cache = SpaceCache(chosen.space)
    with ConsoleProgress(chosen.method) as bar:
        name = compute_in_folder(settings.to_json(), str(chosen.space), progress=bar)
    encodings = cache.encodings()
    stored = None if encodings is None else cache.map(name, encodings.mean)
    if encodings is None or stored is None:
        raise InputError(f"The map {name} could not be kept in {chosen.space}; make room, or name another --workspace.")
    told = [f"{key.replace('_', ' ')} {value}" for key, value in stored[2].items() if key != "inverse"]
    print(f"{name}: {len(stored[1]):,} points" + "".join(f", {text}" for text in told))
    if chosen.quality:
        with ConsoleProgress("quality") as bar:
            measure_in_folder(settings.to_json(), str(chosen.space), progress=bar)
        _tell(cache, name, stored[1])
    return 0


def _tell(cache: Any, name: str, points: Any) -> None:
    quality = cache.quality(name, points)
    header = "".join(f"{count:>16,}" for count in quality.counts)
    print(f"{'k nearest':<20}{header}   (in brackets: with the points shuffled)")
    for what, title in (("trustworthiness",) * 2, ("continuity",) * 2, ("preservation", "neighbours kept")):
        pairs = zip(getattr(quality.figures, what), getattr(quality.shuffled, what), strict=True)
        print(f"{title:<20}" + "".join(f"{f'{value:.3f} ({chance:.3f})':>16}" for value, chance in pairs))
    print(f"{'Shepard correlation':<20}{f'{quality.figures.shepard:.3f} ({quality.shuffled.shepard:.3f})':>16}")
    print(f"measured on {len(quality.rows):,} of {quality.among:,} items")
