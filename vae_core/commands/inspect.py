"""``python -m vae_core inspect``: what a model makes of a data set, in figures."""

from __future__ import annotations

import argparse
import json
from typing import Any

from vae_core.data.options import DataOptions
from vae_core.options import ModelOptions
from vae_core.progress import ConsoleProgress


def register(commands: Any) -> None:
    """Add the command and its options."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "inspect",
        help="print the figures of a model on a data set",
        description="Look at a model on its data: how it is read, whether it is sound, and its figures.",
    )
    parser.add_argument("model", metavar="MODEL", help="folder of a checkpoint, or a model of another library")
    parser.add_argument("--data", help="a data set by name or path; without it, prior samples of its decoder are used")
    parser.add_argument("--samples", type=int, metavar="N", help="how many prior samples (default 5000)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda … (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    ModelOptions.add_to(parser)
    DataOptions.add_to(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Encode without a cache and print the means."""
    from vae_core.model.card import model_card
    from vae_core.opening.spaces import open_both
    from vae_core.space import LatentSpace

    options, data_options = ModelOptions.of(chosen), DataOptions.of(chosen)
    model, data = open_both(chosen.model, chosen.data, chosen.device, options, data_options, chosen.samples)
    with ConsoleProgress("inspecting", unit="item") as bar:
        space = LatentSpace.build(model, data, progress=bar)
    figures: dict[str, Any] = {
        "latent_dim": model.latent_dim,
        "sample_shape": list(model.sample_shape),
        "count": len(space.data),
        "rate": float(space.rate.sum(1, dtype="float64").mean()) if model.can.variance else None,
        "distortion": float(space.distortion.mean(dtype="float64")) if model.can.encode else None,
        # A model without a variance has no rate, a decoder alone no distortion, and JSON no NaN.
        "rate_by_dimension": [
            float(nats) if model.can.variance else None for nats in space.rate.mean(0, dtype="float64")
        ],
    }
    report = model_card(model, space.data)
    figures["preflight"] = report.to_dict()
    if chosen.json:
        print(json.dumps(figures))
        return 0
    print(f"{chosen.model} on {space.data.name}: {figures['count']} items of shape {figures['sample_shape']}")
    if not model.can.encode:
        print("no rate and no distortion (nothing is encoded)")
    elif not model.can.variance:
        print(f"no rate (the model has no variance), distortion {figures['distortion']:.3f} nats per item")
    else:
        _print_rates(figures)
    print("\n".join([report.text(), *report.able(model.can)]))
    return 0


def _print_rates(figures: dict[str, Any]) -> None:
    print(f"rate {figures['rate']:.3f}, distortion {figures['distortion']:.3f} nats per item")
    for dimension, value in sorted(enumerate(figures["rate_by_dimension"]), key=lambda pair: -pair[1]):
        print(f"  z{dimension:<4d} {value:8.4f} nats")
