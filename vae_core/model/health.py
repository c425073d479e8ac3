"""Whether a model is well: it brings its items back, is deterministic, finite, alive in its dimensions, fast enough."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.model.findings import Report
from vae_core.model.protocol import LatentModel

#: Items that are looked at.
LOOKED_AT = 512
#: Nats below which a dimension tells nothing.
DEAD = 0.01
#: Root mean square of the means from which a dimension is far outside its prior.
EXPLODING = 10.0
#: Seconds one picture may take for the sliders to answer at the speed of the hand.
FAST = 0.03
_DRAWN = 64  # prior samples a decoder is looked at by
_MIXED = 30  # times the smallest spread of a value that the largest may be
_ALIKE = 1e-4


def looked_at(data: Dataset, device: torch.device, most: int = LOOKED_AT) -> Tensor:
    """Return some items ``[n, *sample_shape]``, evenly spaced over the set."""
    rows = np.unique(np.linspace(0, len(data) - 1, min(len(data), most)).astype(np.int64))
    return torch.from_numpy(data.batch(rows)).to(device)


def check_health(model: LatentModel, x: Tensor, report: Report) -> None:
    """Add to a report how well a model is; `x` are items ``[n, *sample_shape]``.

    Raises
    ------
    InputError
        If it gives no item finite latents.
    """
    with torch.inference_mode():
        posterior = model.encode(x)
        mean = posterior.mean
        # No variance is a log-variance of −∞; too much of one is as bad as none.
        finite = torch.isfinite(mean).all(dim=1) & torch.isfinite(posterior.logvar.exp()).all(dim=1)
        bad = int((~finite).sum())
        if bad == len(x):
            raise InputError(
                f"{report.model}: gives none of {len(x)} items finite latents; check its weights and the range of the "
                "data (--range)."
            )
        left_out = f"{bad} of them will be left out: their latents are not finite." if bad else ""
        report.add("finite latents", f"{len(x) - bad} of {len(x)} items", warning=left_out)
        _round_trip(model, x[finite], mean[finite], report)
        _deterministic(model, x[finite][:8], report)
        _dimensions(model, mean[finite], posterior.logvar[finite], report)
        _speed(model, x[:64], mean[finite][:1], report)


def check_decoder(model: LatentModel, report: Report) -> None:
    """Add to a report how well a decoder is, on draws from the prior.

    Raises
    ------
    InputError
        If it gives none of them finite values.
    """
    with torch.inference_mode(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        z = model.prior.sample(torch.Size([_DRAWN]))
        decoded, repeated = (model.likelihood(z).mean.flatten(1) for _ in range(2))
        finite = int(torch.isfinite(decoded).all(dim=1).sum())
        if finite == 0:
            raise InputError(f"{report.model}: gives none of {_DRAWN} prior samples finite values; check its weights.")
        spoilt = "" if finite == _DRAWN else f"{_DRAWN - finite} of them are not finite; check its weights."
        report.add("finite values", f"{finite} of {_DRAWN} prior samples", warning=spoilt)
        same = torch.allclose(decoded, repeated, atol=1e-5, equal_nan=True)
        _tell_deterministic(report, [] if same else ["the decoder"])
        decoded = decoded[torch.isfinite(decoded).all(dim=1)].double()
        differing = float((decoded - decoded.mean(dim=0)).square().mean().sqrt())
        report.figures["spread_of_samples"] = differing
        alike = "All prior samples look the same. Has it been trained?" if differing < _ALIKE else ""
        report.add("prior samples", f"differ by {differing:.3g} per element, root mean square", warning=alike)
        decoding = _least(lambda: model.likelihood(z[:1]).mean)
        report.figures["decode_seconds"] = decoding
        report.add("speed", f"{1000 * decoding:.1f} ms to decode one", warning=_slow(decoding))


def _round_trip(model: LatentModel, x: Tensor, mean: Tensor, report: Report) -> None:
    error = float((model.likelihood(mean).mean - x).square().mean())
    baseline = float((x - x.mean(dim=0)).square().mean())
    report.figures |= {"round_trip_error": error, "mean_image_error": baseline}
    told = f"squared error {error:.4g} per element"
    if baseline == 0:
        report.add("round trip", told, warning="All items are the same, so what it has learnt cannot be told.")
        return
    spread = x.var(dim=0, correction=0) if x.ndim == 2 else x.var(dim=(0, *range(2, x.ndim)), correction=0)
    spread = spread[spread > 0]
    if x.ndim < 4 and spread.max() > _MIXED**2 * spread.min():
        # Values of many units: in a sum of squares only the largest would count.
        by_value = (model.likelihood(mean).mean - x).square().transpose(0, 1).flatten(1).mean(dim=1)
        left = (x - x.mean(dim=0)).square().transpose(0, 1).flatten(1).mean(dim=1)
        share = float((by_value[left > 0] / left[left > 0]).mean())
        told = f"{share:.0%} of the variance is unexplained, on average over values that lie on different scales"
    else:
        share = error / baseline
        told += f"; {share:.0%} of the variance is unexplained"
    report.add(
        "round trip",
        told,
        warning="" if share < 1 else "It reconstructs no better than the mean item does. Was it trained on these data?",
    )


def _deterministic(model: LatentModel, x: Tensor, report: Report) -> None:
    first, again = model.encode(x), model.encode(x)
    decoded, repeated = (model.likelihood(first.mean).mean for _ in range(2))
    wrong = []
    if not torch.allclose(first.mean, again.mean, atol=1e-5, equal_nan=True):
        wrong.append("the encoder")
    if not torch.allclose(decoded, repeated, atol=1e-5, equal_nan=True):
        wrong.append("the decoder")
    _tell_deterministic(report, wrong)


def _tell_deterministic(report: Report, wrong: list[str]) -> None:
    warning = (
        f"{' and '.join(wrong).capitalize()} gives a different result each time: is dropout on, or a sample returned "
        "instead of the mean? Return the mean, in evaluation mode."
    )
    report.add("deterministic", "no" if wrong else "yes", warning=warning if wrong else "")


def _dimensions(model: LatentModel, mean: Tensor, logvar: Tensor, report: Report) -> None:
    root = mean.double().square().mean(dim=0).sqrt()
    exploding = int((root > EXPLODING).sum())
    warning = f"{exploding} dimensions lie more than {EXPLODING:.0f} from 0, in root mean square." if exploding else ""
    if not model.can.variance:
        report.add("dimensions", f"{len(root)}, without variance", warning=warning)
        return
    nats = 0.5 * (mean.double().square() + logvar.double().exp() - logvar.double() - 1).mean(dim=0)
    dead = int((nats < DEAD).sum())
    report.figures |= {"rate": float(nats.sum()), "dead_dimensions": float(dead)}
    if dead == len(nats):
        warning = "No dimension carries information about the items: the posterior has collapsed."
    told = f"{len(nats) - dead} of {len(nats)} carry information, {float(nats.sum()):.1f} nats in all"
    report.add("dimensions", told, warning=warning)


def _speed(model: LatentModel, x: Tensor, one: Tensor, report: Report) -> None:
    decoding = _least(lambda: model.likelihood(one).mean)
    encoding = _least(lambda: model.encode(x).mean) / len(x)
    report.figures |= {"decode_seconds": decoding, "encode_seconds_an_item": encoding}
    report.add(
        "speed",
        f"{1000 * decoding:.1f} ms to decode one, {1000 * encoding:.2g} ms per item to encode",
        warning=_slow(decoding),
    )


def _slow(decoding: float) -> str:
    return f"Sliders will lag: one picture should take at most {1000 * FAST:.0f} ms." if decoding > FAST else ""


def _least(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)
