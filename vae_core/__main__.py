"""Entry point of ``python -m vae_core``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from vae_core.commands import demo, encode, inspect, place, project, report, train
from vae_core.errors import InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 unusable input, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="python -m vae_core", description="Latent Explorer without the browser.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for command in (train, inspect, encode, project, place, report, demo):
        command.register(commands)
    chosen = parser.parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except InputError as error:
        print(f"{parser.prog} {chosen.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{parser.prog} {chosen.command}: interrupted.", file=sys.stderr)
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
