"""Whether a model that is understood is well: deterministic, finite, alive in its dimensions, fast enough."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from vae_core.errors import InputError

if TYPE_CHECKING:
    from vae_core.model.foreign.wrapped import WrappedVAE

#: Nats below which a dimension tells nothing.
DEAD = 0.01
#: Root mean square of the means from which a dimension is far outside its prior.
EXPLODING = 10.0
#: Seconds one picture may take for the sliders to answer at the speed of the hand.
FAST = 0.03


def check_health(model: WrappedVAE, x: Tensor, error: float, baseline: float) -> None:
    """Add to a model's report how well it is; `x` are items ``[n, *sample_shape]`` of ours.

    Raises
    ------
    InputError
        If it gives no item finite latents, or decodes nothing finite.
    """
    report = model.report
    with torch.inference_mode():
        posterior = model.encode(x)
        mean = posterior.mean
        finite = torch.isfinite(mean).all(dim=1)
        if not finite.any():
            raise InputError(
                f"{report.model}: gives none of {len(x)} items finite latents; check its weights and the range of the "
                "data (--range)."
            )
        bad = int((~finite).sum())
        report.add(
            "finite latents",
            f"{len(x) - bad} of {len(x)} items",
            warning=f"{bad} items will be left out." if bad else "",
        )
        share = error / baseline if baseline > 0 else float("inf")
        report.figures |= {"round_trip_error": error, "mean_image_error": baseline}
        report.add(
            "round trip",
            f"squared error {error:.4g} an element, {share:.0%} of the mean image's",
            warning="" if share < 1 else "It brings items back no better than the mean image; is this its data?",
        )
        _deterministic(model, x[:8])
        _dimensions(model, mean[finite], posterior.logvar[finite])
        one = mean[finite][:1]
        seconds = _least(lambda: model.likelihood(one).mean)
        encoding = _least(lambda: model.encode(x[:64]).mean) / min(64, len(x))
        report.figures |= {"decode_seconds": seconds, "encode_seconds_an_item": encoding}
        slow = f"Sliders will lag: one picture should take at most {1000 * FAST:.0f} ms." if seconds > FAST else ""
        report.add(
            "speed", f"{1000 * seconds:.1f} ms to decode one, {1000 * encoding:.2f} ms an item to encode", warning=slow
        )


def _deterministic(model: WrappedVAE, x: Tensor) -> None:
    first, again = model.encode(x), model.encode(x)
    decoded = model.likelihood(first.mean).mean
    repeated = model.likelihood(first.mean).mean
    wrong = []
    if not torch.allclose(first.mean, again.mean, atol=1e-5, equal_nan=True):
        wrong.append("the encoder")
    if not torch.allclose(decoded, repeated, atol=1e-5, equal_nan=True):
        wrong.append("the decoder")
    model.report.add(
        "deterministic",
        "no" if wrong else "yes",
        warning=f"{' and '.join(wrong).capitalize()} answers otherwise each time: is dropout on, or a sample returned "
        "instead of the mean? Return the mean, in evaluation mode."
        if wrong
        else "",
    )


def _dimensions(model: WrappedVAE, mean: Tensor, logvar: Tensor) -> None:
    root = mean.double().square().mean(dim=0).sqrt()
    exploding = int((root > EXPLODING).sum())
    warning = (
        f"{exploding} dimensions lie more than {EXPLODING:.0f} from 0, where the prior expects 1." if exploding else ""
    )
    if not model.can.variance:
        model.report.add("dimensions", f"{len(root)}, without variance", warning=warning)
        return
    nats = 0.5 * (mean.double().square() + logvar.double().exp() - logvar.double() - 1).mean(dim=0)
    dead = int((nats < DEAD).sum())
    model.report.figures |= {"rate": float(nats.sum()), "dead_dimensions": float(dead)}
    if dead == len(nats):
        warning = "Every dimension tells nothing of the items: the posterior is collapsed."
    model.report.add(
        "dimensions",
        f"{len(nats) - dead} of {len(nats)} carry information, rate {float(nats.sum()):.1f} nats",
        warning=warning,
    )


def _least(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)
