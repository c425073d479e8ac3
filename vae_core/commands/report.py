"""``python -m vae_core report``: what the space means, as one file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from vae_core.options import add_trust
from vae_core.progress import ConsoleProgress


def register(commands: Any) -> None:
    """Add the command and its options."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "report",
        help="write what a latent space means into one file",
        description="Write every figure of the page's Interpret, the model card, seeds and versions into one HTML file "
        "that is readable without a server. What is known already is not computed again.",
    )
    parser.add_argument(
        "space", metavar="SPACE", help="the folder that 'encode' printed, or the name of a shipped demo"
    )
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help="an .html file; one that is there is replaced"
    )
    parser.add_argument(
        "--workspace", metavar="DIR", help="of a demo: where answers are kept (default: the user's data folder)"
    )
    add_trust(parser)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda … (default %(default)s)")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Answer every study and write the file; nothing is written where it is interrupted."""
    from vae_core.errors import InputError
    from vae_core.opening.spaces import reopen
    from vae_core.report.files import kept_report, make_report
    from vae_core.storage import DiskFull, write_text

    out: Path = chosen.out
    if out.suffix not in (".html", ".htm"):
        raise InputError(f"--out takes an .html file, not {out.name}.")
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise InputError(f"{out} cannot be written: {'it is a folder' if out.is_dir() else 'its folder is not there'}.")
    space = reopen(chosen.space, chosen.trust, chosen.device, chosen.workspace)
    html = kept_report(space)
    if html is None:
        with ConsoleProgress("report") as bar:
            html = make_report(space, bar)
    try:
        write_text(out, html)
    except (DiskFull, OSError) as error:
        raise InputError(f"{out} cannot be written ({error.strerror}); name another file with --out.") from error
    print(out)
    return 0
