"""A decoder alone, understood by decoding draws from its prior: there is no item to try it on."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Bernoulli, Independent

from vae_core.data.layout import arrange
from vae_core.errors import InputError
from vae_core.model.findings import How, Report
from vae_core.model.foreign.convention import (
    IMAGENET,
    KNOWN_RANGES,
    Affine,
    Convention,
    as_ours,
    rearranged,
    stated_affine,
)
from vae_core.model.foreign.latent_shape import Shape, draw_points, find_latent_shape
from vae_core.model.foreign.outputs import read_decoder, values_of
from vae_core.model.foreign.search import REFUSALS, first_line
from vae_core.model.foreign.wrapped import Foreign, WrappedVAE
from vae_core.model.health import check_decoder
from vae_core.model.memory_layout import lay_channels_last

#: Draws whose values tell the range.
_LOOKED_AT = 256
_TOGETHER = 32
#: How far decoders without a last sigmoid overshoot, and the share of pixels from which that is no overshoot.
_SLACK = 0.05
_MOST_OUTSIDE = 0.1
_SHORTEST_SIDE = 8
_LONGEST_RATIO = 4


def understand_decoder(foreign: Foreign, stated: dict[str, Any]) -> WrappedVAE:
    """Find out how a decoder is talked to, from what it makes of draws from a standard normal prior.

    Parameters
    ----------
    foreign : Foreign
        The model; an encoder that it may have is not used.
    stated : dict
        What the caller says: `latent_dim`, `shape`, `layout` of its pictures, `output` or `range`, `likelihood`,
        `sigma`.

    Returns
    -------
    WrappedVAE
        Which cannot encode, with the report of what was found, and how.

    Raises
    ------
    InputError
        If it takes no latent points, or something is doubtful and not stated; says which option states it.
    """
    encoder = foreign.encode is not None
    foreign = replace(foreign, encode=None)
    fixed = {**foreign.known, **stated}
    report = Report(foreign.name)
    with torch.inference_mode():
        latent_shape = find_latent_shape(foreign, stated.get("latent_dim"))
        decoded, bernoulli = _decoded(foreign, latent_shape)
        sample_shape, layout = _sample_shape(foreign, decoded.shape[1:], latent_shape, stated)
        ours = rearranged(decoded, layout, sample_shape, len(decoded))
        range_, affine = _range(fixed)
        output, how_output = _output(foreign.name, ours, bernoulli, fixed)
    named = fixed.get("likelihood") or ("bernoulli" if bernoulli or output == "logits" else "gaussian")
    convention = Convention(
        layout, range_, affine, None, output, layout, latent_shape, named, float(fixed.get("sigma", 1.0))
    )

    def how(name: str) -> How:
        return "stated" if name in stated else "known" if name in foreign.known else "found"

    told = " × ".join(map(str, latent_shape))
    d = torch.Size(latent_shape).numel()
    report.add("latent dimensions", f"{d}, {told}" if len(latent_shape) > 1 else told, how("latent_dim"))
    report.add("one item", " × ".join(map(str, sample_shape)), how("shape"))
    report.add("layout of its output", layout.upper(), how("layout"))
    report.add("output", output if output != "same" else range_, how_output or how("output"))
    report.add("likelihood", _likelihood_told(convention, fixed), how("likelihood"))
    used = "its encoder is seen with --data" if encoder else "it has no encoder"
    report.add("data", f"none: draws from the prior, decoded; {used}", "stated")
    _tell_outside(report, as_ours(ours, output, affine), len(sample_shape) == 3)
    content = "" if foreign.all_found else _answers(decoded)
    model = WrappedVAE(foreign, convention, sample_shape, report, content)
    points = draw_points(_TOGETHER, (model.latent_dim,), foreign.device)

    def answers() -> list[Tensor]:
        with torch.inference_mode():
            return [model.likelihood(points).mean]

    try:
        lay_channels_last(foreign.modules, answers)
        check_decoder(model, report)
    except InputError:
        raise
    except REFUSALS as error:  # raised by the model's own code, for instance of a single point
        raise InputError(f"{foreign.name}: fails when it is run ({first_line(error)}).") from error
    return model


# ---- items ----


def _decoded(foreign: Foreign, latent_shape: Shape) -> tuple[Tensor, bool]:
    """Return what is made of some draws ``[n, …]``, and whether it comes as a Bernoulli distribution."""
    parts = []
    bernoulli = False
    try:
        for z in draw_points(_LOOKED_AT, latent_shape, foreign.device).split(_TOGETHER):
            answer = read_decoder(foreign.decode(z))
            base = answer.base_dist if isinstance(answer, Independent) else answer
            bernoulli = isinstance(base, Bernoulli)
            parts.append(values_of(answer).cpu())
    except REFUSALS as error:
        raise InputError(
            f"{foreign.name}: fails to decode latent points of shape {latent_shape} ({first_line(error)})."
        ) from error
    decoded = torch.cat(parts)
    decoded = decoded[torch.isfinite(decoded).flatten(1).all(dim=1)]
    if len(decoded) == 0:
        raise InputError(f"{foreign.name}: gives finite values for no prior sample; check its weights.")
    return decoded, bernoulli


def _sample_shape(
    foreign: Foreign, answered: torch.Size, latent_shape: Shape, stated: dict[str, Any]
) -> tuple[Shape, str]:
    """Return the shape of one item as ours, and the layout in which the decoder gives it."""
    size, d = answered.numel(), torch.Size(latent_shape).numel()
    if d >= size and "latent_dim" not in stated:
        raise InputError(
            f"{foreign.name}: makes {size} values of {d}, as an encoder does, or a whole model; give the decoder. If "
            "it is one, state --latent-dim."
        )
    wanted: Shape | None = stated.get("shape") or foreign.sample_shape
    if wanted is None:
        return _guessed_shape(foreign.name, tuple(answered), stated.get("layout"))
    if torch.Size(wanted).numel() != size:
        raise InputError(f"{foreign.name}: makes items of shape {tuple(answered)}, which cannot be those of {wanted}.")
    if "layout" in stated or tuple(answered) == wanted or len(wanted) == 1:
        return wanted, stated.get("layout", "nchw")
    if len(answered) > 1 and tuple(answered) == (*wanted[1:], wanted[0]):
        return wanted, "nhwc"
    if wanted[0] > 1 and len(wanted) == 3 and len(answered) == 1 and foreign.sample_shape is None:
        raise InputError(
            f"{foreign.name}: is ambiguous. Its flat pictures may have their channels first or last: "
            "state it with --layout nchw or --layout nhwc."
        )
    return wanted, "flat"


def _guessed_shape(name: str, answered: Shape, layout: str | None) -> tuple[Shape, str]:
    doubt = f"{name}: is ambiguous. It makes items of shape {answered}: state what they are with "
    if len(answered) == 3:
        if layout in ("nchw", "nhwc"):
            return (answered if layout == "nchw" else (answered[2], *answered[:2])), layout
        try:
            # Of zeros: their layout alone is asked for.
            shape = arrange(np.zeros((1, *answered), np.uint8), name)[0].shape[1:]
        except InputError:
            raise InputError(f"{doubt}--layout nchw or --layout nhwc.") from None
        return tuple(shape), "nchw" if tuple(shape) == answered else "nhwc"
    if len(answered) == 2:
        short, long = sorted(answered)
        if short < _SHORTEST_SIDE or long > _LONGEST_RATIO * short:
            return answered, "nchw"
        if short == long:
            return (1, *answered), "flat"
        raise InputError(f"{doubt}--shape, such as 1,{answered[0]},{answered[1]} for pictures.")
    if len(answered) == 1:
        for channels in (1, 3):
            side = round((answered[0] / channels) ** 0.5)
            if side >= _SHORTEST_SIDE and channels * side * side == answered[0]:
                raise InputError(
                    f"{doubt}--shape {channels},{side},{side} for pictures, --shape {answered[0]} for vectors."
                )
        return answered, "nchw"
    raise InputError(f"{doubt}--shape.")


# ---- values ----


def _range(fixed: dict[str, Any]) -> tuple[str, Affine]:
    name, _, numbers = str(fixed.get("range", "unit")).partition(":")
    if not numbers and name not in (named := {**KNOWN_RANGES, "imagenet": IMAGENET}):
        raise InputError(f"--range {name} is measured on data; of a decoder alone state standardised:MEAN,STD.")
    return name, stated_affine(numbers) if numbers else named[name]


def _output(name: str, values: Tensor, bernoulli: bool, fixed: dict[str, Any]) -> tuple[str, How | None]:
    """Return what the decoded values ``[n, *sample_shape]`` are, and how that is known where no option says so."""
    if "output" in fixed:
        return str(fixed["output"]), None
    if "range" in fixed:
        return "same", "stated"
    if bernoulli or values.ndim != 4:
        return "unit", "found"
    return _output_seen(name, values), "found"


def _output_seen(name: str, values: Tensor) -> str:
    flat = values.flatten().double()
    least, most = float(flat.min()), float(flat.max())
    low, high = (float(np.quantile(flat.numpy(), at)) for at in (0.001, 0.999))
    if least >= 0 and most <= 1:
        return "unit"
    if least >= -1 and most <= 1 and low < -0.5:
        return "symmetric"
    # Decoders without a last sigmoid overshoot a little.
    if low >= -0.3 and high <= 1.3 and high > 0.3:
        return "unit"
    if low >= -40 and 60 < high <= 300 and most > 4 * abs(low):
        return "bytes"
    raise InputError(
        f"{name}: is ambiguous. Its values, mostly between {low:.3g} and {high:.3g}, may be "
        "logits, in [−1, 1] or standardised: state it with --output logits, --output symmetric or --range "
        "standardised:MEAN,STD."
    )


def _likelihood_told(convention: Convention, fixed: dict[str, Any]) -> str:
    if convention.likelihood == "bernoulli":
        return "Bernoulli"
    return f"Gaussian, σ = {convention.sigma:.4g}" if "sigma" in fixed else "Gaussian; without data its σ is not known"


def _tell_outside(report: Report, ours: Tensor, image: bool) -> None:
    if not image:
        return
    outside = float(((ours < -_SLACK) | (ours > 1 + _SLACK)).float().mean())
    report.figures["outside"] = outside
    warning = "" if outside < _MOST_OUTSIDE else "What lies outside is shown as black or white; is --output right?"
    report.add("pixels", f"{outside:.1%} lie more than {_SLACK} outside 0 to 1", warning=warning)


def _answers(decoded: Tensor) -> str:
    """Return a hash of what was decoded, to two decimals, so that another processor gives the same."""
    told = decoded.flatten(1).double().mean(dim=1).numpy().round(2) + 0.0
    return hashlib.blake2b(told.tobytes(), digest_size=16).hexdigest()
