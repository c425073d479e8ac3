"""Before anything is shown: is this model understood? What is certain is set, what is doubtful is asked for."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.distributions import Distribution

from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.model.findings import How, Report
from vae_core.model.foreign.answers import read_decoder, read_encoder
from vae_core.model.foreign.convention import Convention, as_ours
from vae_core.model.foreign.spread import read_spread
from vae_core.model.foreign.trying import REFUSALS, TRIED, Way, ranges_of, said, try_all
from vae_core.model.foreign.wrapped import Foreign, WrappedVAE
from vae_core.model.health import check_health, looked_at
from vae_core.model.memory_layout import lay_channels_last

#: Items whose posteriors tell what the spread is: variances of 2,000 are known to 3 %.
SPREAD_OVER = 2_000
#: A way is certain if every other one brings items back this many times worse.
MARGIN = 1.3
#: Nothing is certain of a model that brings items back no better than so much of the mean image's error.
LEARNT = 0.9

_OPTIONS: dict[str, tuple[str, Callable[[Convention], Any]]] = {
    "layout of its input": ("--layout", lambda way: way.layout),
    "range of its input": ("--range", lambda way: way.range),
    "posterior": ("--posterior", lambda way: None if way.posterior is None else way.posterior.told()),
    "output": ("--output", lambda way: f"{way.output}"),
}


def preflight(foreign: Foreign, data: Dataset, stated: dict[str, Any]) -> WrappedVAE:
    """Find out how a model is talked to, on a few of its items.

    Parameters
    ----------
    foreign : Foreign
        The model.
    data : Dataset
        What it was trained on, or the like.
    stated : dict
        What the caller says: `layout`, `range`, `posterior`, `output`, `likelihood`, `sigma`.

    Returns
    -------
    WrappedVAE
        With the report of what was found, and how.

    Raises
    ------
    InputError
        If it takes no such items, or something is doubtful and not stated; says which option states it.
    """
    if foreign.encode is None:
        raise InputError(f"{foreign.name}: has no encoder, so no data set can be seen through it.")
    if foreign.sample_shape is not None and tuple(foreign.sample_shape) != data.sample_shape:
        raise InputError(
            f"{data.name}: one item has shape {data.sample_shape}, but the model takes {tuple(foreign.sample_shape)}; "
            "give the data the model was trained on."
        )
    fixed = {**foreign.known, **stated}
    looked = looked_at(data, foreign.device)
    tried = looked[torch.linspace(0, len(looked) - 1, min(TRIED, len(looked))).long()]
    baseline = float((tried - looked.mean(dim=0)).square().mean())
    with torch.inference_mode():
        trials = try_all(foreign, tried, ranges_of(looked, data.kind == "image"), fixed)
        if not trials.ways:
            why = "; ".join(trials.refusals[:3]) or "what it answers is not finite, or of no such shape"
            raise InputError(f"{foreign.name}: takes no items of {data.name} of shape {data.sample_shape} ({why}).")
        ways = sorted(trials.ways, key=lambda way: way.error)
        best = ways[0]
        report = Report(foreign.name)
        doubts = _doubts(ways, baseline, fixed)
        scale, doubt = _scale(foreign, best.convention, data)
        if doubt:
            doubts.append(doubt)
        if doubts:
            raise InputError(f"{foreign.name}: is not understood for certain. {' '.join(doubts)}")
        form = best.convention.posterior
        assert form is not None
        convention = replace(best.convention, posterior=replace(form, scale=scale))
        convention = _with_likelihood(convention, best.error, fixed)
    _tell(report, convention, foreign, stated)
    answers = "" if foreign.all_found else _answers(foreign, convention, tried)
    model = WrappedVAE(foreign, convention, data.sample_shape, report, answers)
    try:
        lay_channels_last(foreign.modules, lambda: _back_and_forth(model, tried))
        check_health(model, looked, report)
    except InputError:
        raise
    except REFUSALS as error:  # raised by the model's own code, for instance of a single item
        raise InputError(f"{foreign.name}: fails where it is used ({said(error)}).") from error
    return model


def _back_and_forth(model: WrappedVAE, x: Tensor) -> list[Tensor]:
    """Return what a model answers to items: means, log-variances, and what it decodes of the means."""
    with torch.inference_mode():
        posterior = model.encode(x)
        return [posterior.mean, posterior.logvar, model.likelihood(posterior.mean).mean]


def _answers(foreign: Foreign, convention: Convention, x: Tensor) -> str:
    """Return a hash of what a model answers, to two decimals, so that another processor gives the same."""
    assert foreign.encode is not None and convention.posterior is not None
    with torch.inference_mode():
        mean, logvar = convention.posterior.posterior(read_encoder(foreign.encode(convention.give(x))), len(x))
        decoded = read_decoder(foreign.decode(mean.reshape(len(mean), *convention.latent_shape)))
    values = decoded.mean if isinstance(decoded, Distribution) else decoded
    digest = hashlib.blake2b(digest_size=16)
    told = [mean, values.reshape(len(mean), -1).float().mean(dim=1), *([] if logvar is None else [logvar])]
    for part in told:
        digest.update((part.double().cpu().numpy().round(2) + 0.0).tobytes())
    return digest.hexdigest()


def _doubts(ways: list[Way], baseline: float, fixed: dict[str, Any]) -> list[str]:
    """Say which fields of the best way are doubtful: another value does about as well, with another result."""
    best = ways[0]
    learnt = best.error < LEARNT * baseline
    bound = MARGIN * best.error if learnt else math.inf
    doubts = []
    for subject, (option, value_of) in _OPTIONS.items():
        if option.removeprefix("--") in fixed:
            continue
        mine = value_of(best.convention)
        # To the same error is to the same pictures: then it does not matter which is taken.
        rivals = [
            way
            for way in ways[1:]
            if value_of(way.convention) != mine
            and way.error < bound
            and not math.isclose(way.error, best.error, rel_tol=1e-6)
        ]
        if rivals:
            others = list(dict.fromkeys(str(value_of(way.convention)) for way in rivals))
            figures = f"{best.error:.4g} beside {rivals[0].error:.4g}"
            why = "" if learnt else f", and the mean image alone has {baseline:.4g}"
            doubts.append(
                f"The {subject} may be {mine} or {', '.join(others[:3])} (squared errors {figures}{why}): "
                f"state it with {option}."
            )
    return doubts


def _scale(foreign: Foreign, convention: Convention, data: Dataset) -> tuple[str | None, str]:
    """Return what the spread is, and what is doubtful about that."""
    form = convention.posterior
    assert form is not None and foreign.encode is not None
    if form.spread < 0:
        return form.scale, ""
    looked = looked_at(data, foreign.device, SPREAD_OVER)
    mean, spread = form.parts(read_encoder(foreign.encode(convention.give(looked))))
    assert spread is not None
    if form.scale in ("var", "std") and bool((spread < 0).any()):
        raise InputError(
            f"{foreign.name}: what is taken for its posterior's {form.scale} has negative values; is it a logarithm? "
            "Say so with --posterior, such as mean,logvar."
        )
    if form.scale is not None:
        return form.scale, ""

    def decode(z: Tensor) -> Tensor:
        answer = read_decoder(foreign.decode(z.reshape(len(z), *convention.latent_shape)))
        values = answer.mean if isinstance(answer, Distribution) else answer
        return as_ours(values.float(), convention.output, convention.affine)

    best, *others = read_spread(mean.flatten(1), spread.flatten(1), decode)
    if best.certain:
        return best.scale, ""
    return best.scale, (
        f"The spread of its posterior may be {best.scale} or {', '.join(other.scale for other in others)} (none "
        f"fits what its decoder does): state it with --posterior, such as mean,{best.scale}."
    )


def _with_likelihood(convention: Convention, error: float, fixed: dict[str, Any]) -> Convention:
    """Settle p(x|z): logits speak of Bernoulli values, all else is taken for Gaussian with the σ that fits best."""
    named = fixed.get("likelihood") or ("bernoulli" if convention.output == "logits" else convention.likelihood)
    sigma = fixed.get("sigma")
    if sigma is None:
        # In few digits: it is part of the content's name, and must not change with the processor.
        sigma = float(f"{max(math.sqrt(error), 1e-3):.3g}")
    return replace(convention, likelihood=named, sigma=float(sigma))


def _tell(report: Report, convention: Convention, foreign: Foreign, stated: dict[str, Any]) -> None:
    def how(name: str) -> How:
        return "stated" if name in stated else "known" if name in foreign.known else "found"

    form = convention.posterior
    assert form is not None
    d = torch.Size(convention.latent_shape).numel()
    spatial = f", {' × '.join(map(str, convention.latent_shape))}" if len(convention.latent_shape) > 1 else ""
    report.add("latent dimensions", f"{d}{spatial}")
    report.add("layout of its input", convention.layout.upper(), how("layout"))
    affine = convention.affine
    numbers = f" (v − {affine.shift:.4g}) / {affine.spread:.4g}" if convention.range == "standardised" else ""
    report.add("range of its input", convention.range + numbers, how("range"))
    kind = {"plain": "", "pair": "", "halves": ", halves of one tensor", "interleaved": ""}[form.kind]
    report.add("posterior", form.told() + kind, how("posterior"))
    output = f"as its input ({convention.range})" if convention.output == "same" else convention.output
    report.add("output", output, how("output"))
    if convention.likelihood == "bernoulli":
        report.add("likelihood", "Bernoulli; on grey values a pseudo-likelihood", how("likelihood"))
    else:
        report.add("likelihood", f"Gaussian, σ = {convention.sigma:.4g}", how("sigma"))
