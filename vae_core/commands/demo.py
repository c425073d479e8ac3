"""``python -m vae_core demo``: make a shipped demo anew."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from vae_core.commands import train
from vae_core.demos import DEMOS
from vae_core.errors import InputError
from vae_core.model.checkpoint import CONFIG, WEIGHTS, load_checkpoint
from vae_core.progress import ConsoleProgress


def register(commands: Any) -> None:
    """Add the command and its options."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "demo",
        help="make a shipped demo anew",
        description="Train a demo's model as it was shipped, encode its data and make its three maps.",
    )
    parser.add_argument("name", choices=tuple(DEMOS))
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the finished demo")
    parser.add_argument(
        "--checkpoint", type=Path, metavar="DIR", help="take this trained model instead of training one"
    )
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Train, encode, project; everything ends up in ``--out``."""
    from vae_core.space import LatentSpace

    demo = DEMOS[chosen.name]
    out: Path = chosen.out
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: is a file; choose a folder.")
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out}: already holds something; choose another folder.")
    checkpoint: Path | None = chosen.checkpoint
    if checkpoint is None:
        checkpoint = out.with_name(out.name + "-training")
        parser = argparse.ArgumentParser()
        train.register(parser.add_subparsers())
        resume = ["--resume"] if (checkpoint / CONFIG).exists() else []
        code = train.run(parser.parse_args(["train", *demo.training, "--out", str(checkpoint), *resume]))
        if code:
            return code
    load_checkpoint(checkpoint)  # says what is wrong with it before anything is written
    out.mkdir(parents=True, exist_ok=True)
    for name in (WEIGHTS, CONFIG):
        shutil.copyfile(checkpoint / name, out / name)
    with ConsoleProgress("encoding", unit="item") as bar:
        space = LatentSpace.build(load_checkpoint(out), demo.load(), out, bar)
    for method in ("pca", "tsne", "umap"):
        with ConsoleProgress(method) as bar:
            space.projection(method, progress=bar)
    # Two thirds of the demo's size, and a second's work wherever a further map is asked for.
    (out / "neighbours.npz").unlink()
    print(f"{out}: {len(space)} items, {space.latent_dim} latent dimensions, maps {', '.join(space.projection_ids())}.")
    return 0
