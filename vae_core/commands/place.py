"""``python -m vae_core place``: other data on a finished map."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from vae_core.data.options import DataOptions
from vae_core.options import add_trust
from vae_core.progress import ConsoleProgress


def register(commands: Any) -> None:
    """Add the command and its options."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "place",
        help="put other data on a finished map",
        description="Encode other data and place it on a map, which stays as it is. Writes one row per item: its "
        "place, rate, distortion, trust and the nearest item of the space.",
    )
    parser.add_argument(
        "--space", required=True, metavar="DIR", help="the folder that 'encode' printed, or the name of a shipped demo"
    )
    parser.add_argument("--data", required=True, help="a data set by name or path")
    parser.add_argument("--projection", default="pca", help="pca, tsne, umap, z:3,7 or what 'project' printed")
    parser.add_argument("--name", help="of the layer in the page (default: the data's own)")
    parser.add_argument(
        "--workspace", metavar="DIR", help="of a demo: where caches are kept (default: the user's data folder)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="a .csv, or an .npz with the latents too")
    add_trust(parser)
    DataOptions.add_to(parser)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda … (default %(default)s)")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Place the data; write the table, or print its first lines."""
    from vae_core.errors import InputError
    from vae_core.opening.spaces import read_data, reopen
    from vae_core.space.overlays.files import MOST_ITEMS, Layers
    from vae_core.space.overlays.placed_items import place_data

    if chosen.out is not None and chosen.out.suffix not in (".csv", ".npz"):
        raise InputError(f"--out takes a .csv or an .npz file, not {chosen.out.name}.")
    with ConsoleProgress("placing", unit="item") as bar:
        space = reopen(chosen.space, chosen.trust, chosen.device, chosen.workspace)
        if not space.model.can.encode:
            raise InputError(
                f"{chosen.space} is a space of prior samples; a decoder alone cannot encode what is to be placed."
            )
        projection = space.cached_projection(chosen.projection)
        if projection is None:
            there = ", ".join(space.projection_ids())
            raise InputError(
                f"The map {chosen.projection} is not there; take one of {there}, or compute it with 'project' first."
            )
        placed = place_data(
            space, projection, read_data(chosen.data, DataOptions.of(chosen), tuple(space.model.sample_shape)), bar
        )
    if placed.left_out:
        print(f"{len(placed.left_out)} items without finite latents are left out: {', '.join(placed.left_out[:5])}")
    table = placed.table(space, projection)
    far = float((placed.trust < 0.5).mean())
    layers = Layers(space.folder)
    if space.folder is not None and len(placed.data) <= MOST_ITEMS:
        layer = layers.keep(chosen.name or placed.data.name, placed)
        if projection.settings.method in ("tsne", "umap"):
            layers.keep_places(layer, projection.id, projection.points, placed.points)
        print(f"kept as the layer {layer.name!r}, which the page offers for this space")
    print(f"{len(table):,} items placed on {projection.id} of {space.data.name}; {far:.0%} lie outside its data")
    if chosen.out is None:
        print(table.head(10).to_string())
    else:
        _write(chosen.out, placed, table)
        print(chosen.out)
    return 0


def _write(path: Path, placed: Any, table: Any) -> None:
    from vae_core.errors import InputError
    from vae_core.storage import DiskFull, save_arrays, write_text

    try:
        if path.suffix == ".csv":
            write_text(path, table.to_csv(index_label="item"))
        else:
            named = {"mean": placed.mean, "points": placed.points, "trust": placed.trust, "distance": placed.distance}
            named |= {"rate": placed.rate.sum(axis=1), "distortion": placed.distortion}
            item = table.index.to_numpy().astype(str)
            save_arrays(path, {**named, "nearest": table["nearest"].to_numpy().astype(str), "item": item})
    except (DiskFull, OSError) as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); name another file with --out.") from error
