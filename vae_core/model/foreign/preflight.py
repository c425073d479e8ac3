"""Before anything is shown: is this model understood? What is certain is set, what is doubtful is asked for."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.model.findings import How, Report
from vae_core.model.foreign.convention import Affine, Convention, as_ours, rearranged
from vae_core.model.foreign.moments import Moments
from vae_core.model.foreign.outputs import read_decoder, read_encoder, values_of
from vae_core.model.foreign.posterior_scale import read_spread
from vae_core.model.foreign.search import REFUSALS, TRIED, Candidate, first_line, ranges_of, try_all
from vae_core.model.foreign.wrapped import Foreign, WrappedVAE
from vae_core.model.health import EXPLODING, check_health, looked_at
from vae_core.model.memory_layout import lay_channels_last

#: Items whose posteriors tell what the spread is: variances of 2,000 are known to 3 %.
SPREAD_OVER = 2_000
#: A way is certain if every other one brings items back this many times worse.
MARGIN = 1.3
#: Nothing is certain of a model that brings items back no better than so much of the mean image's error.
LEARNT = 0.9

#: Ways of standardising that are told apart by their errors alone: where these are close, so are the pictures.
_FAMILY = dict.fromkeys(("standardised", "standardised-each", "imagenet"), "standardised")
_OPTIONS: dict[str, tuple[str, Callable[[Convention], Any]]] = {
    "layout of its input": ("--layout", lambda way: way.layout),
    "range of its input": ("--range", lambda way: _FAMILY.get(way.range, way.range)),
    "posterior": ("--posterior", lambda way: None if way.posterior is None else way.posterior.stateable()),
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
        raise InputError(
            f"{foreign.name}: has no encoder, so no data set can be seen through it; give the encoder too, or "
            "leave out the data to see prior samples."
        )
    for name in ("shape", "latent_dim"):
        if name in stated:
            raise InputError(f"--{name.replace('_', '-')} is for a decoder alone; with data it is found.")
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
        trials = try_all(foreign, tried, ranges_of(Moments.of(data), data.kind, data.value_range), fixed)
        if not trials.ways:
            why = "; ".join(trials.refusals[:3]) or "what it decodes is not finite"
            raise InputError(
                f"{foreign.name}: takes no items of {data.name} of shape {data.sample_shape} ({why}). Give the data it "
                "was trained on, in that shape, and look at its weights where values are not finite."
            )
        ways = sorted(trials.ways, key=lambda way: way.error)
        best = ways[0]
        report = Report(foreign.name)
        doubts = _doubts(ways, baseline, fixed)
        scale, doubt = _scale(foreign, best.convention, data)
        if doubt:
            doubts.append(doubt)
        if doubts:
            raise InputError(f"{foreign.name}: is ambiguous. {' '.join(doubts)}")
        form = best.convention.posterior
        assert form is not None
        convention = replace(best.convention, posterior=replace(form, scale=scale))
        error = _own_error(foreign, convention, tried) if isinstance(convention.affine.spread, tuple) else best.error
        convention = _with_likelihood(convention, error, fixed)
        low, high = float(looked.min()), float(looked.max())
        if convention.likelihood == "bernoulli" and not (low >= -1e-3 and high <= 1 + 1e-3):
            raise InputError(
                f"{foreign.name}: a Bernoulli p(x|z) is of values in [0, 1], but those of {data.name} lie in "
                f"[{low:.4g}, {high:.4g}]; scale the data, or state --likelihood gaussian."
            )
    _tell(report, convention, foreign, data, stated)
    answers = "" if foreign.all_found else _answers(foreign, convention, tried)
    model = WrappedVAE(foreign, convention, data.sample_shape, report, answers)
    try:
        lay_channels_last(foreign.modules, lambda: _back_and_forth(model, tried))
        check_health(model, looked, report)
    except InputError:
        raise
    except REFUSALS as error:  # raised by the model's own code, for instance of a single item
        raise InputError(f"{foreign.name}: fails when it is run ({first_line(error)}).") from error
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
        values = values_of(read_decoder(foreign.decode(mean.reshape(len(mean), *convention.latent_shape))))
    digest = hashlib.blake2b(digest_size=16)
    told = [mean, values.reshape(len(mean), -1).mean(dim=1), *([] if logvar is None else [logvar])]
    for part in told:
        digest.update((part.detach().double().cpu().numpy().round(2) + 0.0).tobytes())
    return digest.hexdigest()


def _doubts(ways: list[Candidate], baseline: float, fixed: dict[str, Any]) -> list[str]:
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
    if "range" not in fixed and best.reach > EXPLODING:
        near = next((way for way in ways if way.reach <= EXPLODING and way.error < LEARNT * baseline), None)
        if near is not None and near.convention.range != best.convention.range:
            doubts.append(
                f"The range of its input may be {best.convention.range} or {near.convention.range}: the latents of "
                f"{best.convention.range} lie {best.reach:.0f} from 0, and {near.convention.range} reconstructs items "
                "too: state it with --range."
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
            "State it with --posterior, such as mean,logvar."
        )
    if form.scale is not None:
        return form.scale, ""

    def decode(z: Tensor) -> Tensor:
        values = values_of(read_decoder(foreign.decode(z.reshape(len(z), *convention.latent_shape))))
        # In the units it was trained in: there all its values have one σ.
        return as_ours(values, convention.output, Affine())

    best, *others = read_spread(mean.flatten(1), spread.flatten(1), decode)
    if best.certain:
        return best.scale, ""
    return best.scale, (
        f"The spread of its posterior may be {best.scale} or {', '.join(other.scale for other in others)} (none "
        f"fits what its decoder does): state it with --posterior, such as mean,{best.scale}."
    )


def _own_error(foreign: Foreign, convention: Convention, x: Tensor) -> float:
    """Return the mean squared error of decoding the means of items, each channel or column in its own spread."""
    assert foreign.encode is not None and convention.posterior is not None
    mean, _ = convention.posterior.parts(read_encoder(foreign.encode(convention.give(x))))
    values = rearranged(
        values_of(read_decoder(foreign.decode(mean))), convention.output_layout, tuple(x.shape[1:]), len(x)
    )
    off = (as_ours(values, convention.output, convention.affine) - x) / convention.affine.spread_over(x)
    by_item = off.square().flatten(1).mean(dim=1)
    return float(by_item[torch.isfinite(by_item)].mean())


def _with_likelihood(convention: Convention, error: float, fixed: dict[str, Any]) -> Convention:
    """Settle p(x|z): logits speak of Bernoulli values, all else is taken for Gaussian with the σ that fits best."""
    named = fixed.get("likelihood") or ("bernoulli" if convention.output == "logits" else convention.likelihood)
    sigma = fixed.get("sigma")
    if sigma is None:
        # In few digits: it is part of the content's name, and must not change with the processor.
        sigma = float(f"{max(math.sqrt(error), 1e-3):.3g}")
    return replace(convention, likelihood=named, sigma=float(sigma))


def _tell(report: Report, convention: Convention, foreign: Foreign, data: Dataset, stated: dict[str, Any]) -> None:
    def how(name: str) -> How:
        return "stated" if name in stated else "known" if name in foreign.known else "found"

    form = convention.posterior
    assert form is not None
    d = torch.Size(convention.latent_shape).numel()
    spatial = f", {' × '.join(map(str, convention.latent_shape))}" if len(convention.latent_shape) > 1 else ""
    report.add("latent dimensions", f"{d}{spatial}")
    if data.kind != "vector":
        report.add("layout of its input", convention.layout.upper(), how("layout"))
    affine = convention.affine
    numbers = f" {affine.in_words()}" if convention.range in (*_FAMILY, "raw") and affine != Affine() else ""
    images = data.kind == "image"
    range_ = convention.range + numbers if images or numbers else "as the data are"
    report.add("range of its input", range_, how("range"))
    kind = {"plain": "", "pair": "", "halves": ", halves of one tensor", "interleaved": ""}[form.kind]
    report.add("posterior", form.in_words() + kind, how("posterior"))
    output = convention.output
    if output == "same":
        output = f"as its input ({convention.range})" if images else "as its input"
    report.add("output", output, how("output"))
    if convention.likelihood == "bernoulli":
        report.add("likelihood", "Bernoulli; on grey values a pseudo-likelihood", how("likelihood"))
    else:
        each = " of the spread of each value" if isinstance(convention.affine.spread, tuple) else ""
        report.add("likelihood", f"Gaussian, σ = {convention.sigma:.4g}{each}", how("sigma"))
