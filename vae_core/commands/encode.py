"""``python -m vae_core encode``: a data set encoded into the workspace, as the page would do it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from vae_core.data.options import DataOptions
from vae_core.options import ModelOptions
from vae_core.workspace import Workspace


def register(commands: Any) -> None:
    """Add the command and its options."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "encode",
        help="encode a data set into the workspace",
        description="Encode a data set; the page then opens it at once. An interrupted encoding of 20,000 items or "
        "more goes on where it was. Prints the folder, which 'project' takes as --space.",
    )
    parser.add_argument("--model", required=True, help="folder of a checkpoint, or a model of another library")
    parser.add_argument("--data", required=True, help="a data set by name or path")
    parser.add_argument("--workspace", metavar="DIR", help="where caches are kept (default: the user's data folder)")
    parser.add_argument("--batch-size", type=int, default=512, help="items encoded at once (default %(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda … (default %(default)s)")
    ModelOptions.add_to(parser)
    DataOptions.add_to(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Encode, or find the encodings there."""
    from vae_core.errors import InputError
    from vae_core.opening.spaces import open_space

    if chosen.batch_size < 1:
        raise InputError(f"--batch-size must be at least 1, not {chosen.batch_size}.")
    workspace = Workspace(chosen.workspace)
    workspace.make()
    space = open_space(
        chosen.model,
        chosen.data,
        workspace=workspace,
        device=chosen.device,
        batch_size=chosen.batch_size,
        options=ModelOptions.of(chosen),
        data_options=DataOptions.of(chosen),
    )
    if space.folder is None or not _kept(space.folder):
        raise InputError(f"The encodings could not be kept in {space.folder}; make room, or name another --workspace.")
    print(space.folder)
    return 0


def _kept(folder: Path) -> bool:
    return (folder / "encodings.npz").is_file() or (folder / "encodings" / "about.json").is_file()
