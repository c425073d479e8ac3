"""A model of another library tried on some of its data in every usual way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Bernoulli, Distribution, Independent

from vae_core.errors import InputError
from vae_core.model.foreign.convention import (
    IMAGENET,
    KNOWN_RANGES,
    Affine,
    Convention,
    PosteriorForm,
    arranged,
    as_ours,
    rearranged,
    stated_affine,
)
from vae_core.model.foreign.moments import Moments
from vae_core.model.foreign.outputs import EncoderAnswer, read_decoder, read_encoder, std_logvar_pair, values_of
from vae_core.model.foreign.wrapped import Foreign
from vae_core.options import LAYOUTS, OUTPUTS

#: Ranges of pictures whose own units are known by another name.
_USUAL = ((0.0, 1.0), (0.0, 255.0), (-1.0, 1.0))
_ONLY_FOR = {
    "raw": "pictures of another range than 0 to 1 or 0 to 255",
    "imagenet": "pictures of three channels",
    "standardised-each": "several channels or columns",
}
#: Items every way is tried on.
TRIED = 48
# Whatever foreign code raises for what it does not take.
REFUSALS = (Exception,)


@dataclass(frozen=True)
class Candidate:
    """One way of talking to a model, and how well items come back by it.

    Parameters
    ----------
    convention : Convention
        The way.
    error : float
        Mean squared error an element of decoding the means of encoded items, in our units.
    reach : float
        Root mean square of the means in the dimension where it is largest.
    """

    convention: Convention
    error: float
    reach: float = 0.0


@dataclass
class SearchResult:
    """What came of trying.

    Parameters
    ----------
    ways : list of Candidate
        Those that worked.
    refusals : list of str
        What the model said to the others.
    """

    ways: list[Candidate]
    refusals: list[str]


def ranges_of(moments: Moments, kind: str, value_range: tuple[float, float]) -> dict[str, Affine]:
    """Return the ranges a model may have been trained on, by name; standardised by the moments of the data."""
    mean, spread = moments.mean, moments.deviation or 1.0
    means = moments.means
    spreads = np.where(moments.deviations > 0, moments.deviations, 1.0)
    found = {"unit": Affine()}
    if kind == "image":
        low, high = value_range
        found |= KNOWN_RANGES
        if (low, high) not in _USUAL:
            found["raw"] = Affine(-low / (high - low), 1 / (high - low))
    elif (np.abs(means) < 0.05 * spreads).all() and (np.abs(spreads - 1) < 0.15).all():
        return found
    if not (kind != "image" and abs(mean) < 0.05 * spread and abs(spread - 1) < 0.15):
        found["standardised"] = Affine(mean, spread)
    if len(means) > 1:
        # In seven digits: they are part of the content's name.
        digits = [tuple(float(f"{number:.7g}") for number in numbers) for numbers in (means, spreads)]
        found["standardised-each"] = Affine(*digits)
    if kind == "image" and len(means) == 3:
        found["imagenet"] = IMAGENET
    return found


def _stated_ranges(text: str, affines: dict[str, Affine]) -> dict[str, Affine]:
    name, _, numbers = text.partition(":")
    if numbers:
        return {name: stated_affine(numbers)}
    if name == "standardised":
        # Whether over all values or by channel is for trying to tell.
        return {name: affine for name, affine in affines.items() if name.startswith("standardised")} or {
            "unit": Affine()  # they are standardised as they lie
        }
    if name == "raw" and "symmetric" not in affines:
        return {name: Affine()}  # vectors and series are given in their own units anyway
    if name not in affines:
        raise InputError(
            f"--range {name} is for {_ONLY_FOR.get(name, 'pictures')}; here there are {', '.join(affines)}, or "
            "standardised with numbers."
        )
    return {name: affines[name]}


def try_all(foreign: Foreign, x: Tensor, affines: dict[str, Affine], stated: dict[str, Any]) -> SearchResult:
    """Try all ways that the stated and known fields leave open.

    Parameters
    ----------
    foreign : Foreign
        The model; it can encode.
    x : Tensor
        ``[n, *sample_shape]`` items, ours.
    affines : dict
        Of `ranges_of`.
    stated : dict
        Fields of `Convention` that are not open; `posterior` may leave its parts open.
    """
    assert foreign.encode is not None
    ways: list[Candidate] = []
    refusals: list[str] = []
    image = "symmetric" in affines
    layouts = [stated["layout"]] if "layout" in stated else ["flat"] if x.ndim == 2 else list(LAYOUTS)
    if "range" in stated:
        affines = _stated_ranges(stated["range"], affines)
    for layout in layouts:
        for name, affine in affines.items():
            plain = Convention(layout, name, affine, None, "same", layout, ())
            try:
                answer = read_encoder(foreign.encode(plain.give(x)))
            except REFUSALS as error:
                refusals.append(f"given {tuple(arranged(x, layout).shape)} it said: {first_line(error)}")
                break  # another range is refused likewise
            steady = _steady(answer, read_encoder(foreign.encode(plain.give(x))))
            for form in forms_of(answer, stated, steady):
                try:
                    mean, _ = form.parts(answer)
                    decoded = read_decoder(foreign.decode(mean))
                except REFUSALS as error:
                    refusals.append(
                        f"decoding, with its answer read as {form.stateable()}, it said: {first_line(error)}"
                    )
                    continue
                if not bool(torch.isfinite(mean).flatten(1).all(dim=1).any()):
                    refusals.append(f"its encoder returns values that are not finite for {name} pixels")
                    continue
                values = values_of(decoded)
                if values.ndim == 0 or len(values) != len(x) or values[0].numel() != x[0].numel():
                    refusals.append(
                        f"it decodes {len(x)} points to {tuple(values.shape)}, and the data are {tuple(x.shape)}"
                    )
                    continue
                held = replace(plain, posterior=form, latent_shape=tuple(mean.shape[1:]))
                reach = float(mean.flatten(1).float().square().mean(dim=0).max().sqrt())
                ways += [replace(way, reach=reach) for way in output_candidates(held, decoded, x, image, stated)]
    return SearchResult(ways, list(dict.fromkeys(refusals)))


def _steady(first: EncoderAnswer, again: EncoderAnswer) -> list[int]:
    """Return which tensors come out the same again, each once: a drawn sample does not. All where none does."""
    pairs = list(zip(first.tensors, again.tensors, strict=True))
    same = [at for at, (one, other) in enumerate(pairs) if torch.allclose(one, other, atol=1e-5, equal_nan=True)]
    # A sample that is the mean itself in evaluation is the mean once more.
    single: list[int] = []
    for at in same:
        seen = (first.tensors[earlier] for earlier in single)
        if not any(one.shape == first.tensors[at].shape and torch.equal(one, first.tensors[at]) for one in seen):
            single.append(at)
    return single or list(range(len(pairs)))


def forms_of(answer: EncoderAnswer, stated: dict[str, Any], steady: list[int]) -> Iterator[PosteriorForm]:
    """Yield the forms an answer may have, the spread's scale left open where it is."""
    order, interleaved = stated.get("posterior", (None, None))
    n_tensors = len(answer.tensors)
    if answer.certain:
        if order is None or len(order) == 1 or n_tensors == 2:
            spread = 1 if n_tensors == 2 and order != ["mean"] else -1
            # Which is the mean the names tell; what the other one is, who states it knows better.
            said = next((word for word in order or [] if word != "mean"), answer.spread)
            yield PosteriorForm("pair" if n_tensors == 2 else "plain", 0, spread, said if spread > 0 else None)
        return
    if n_tensors > 2 and (twins := std_logvar_pair(answer.tensors)) is not None:
        positive, logarithm, kind = twins
        stated_kind = next((word for word in order or [] if word != "mean"), None)
        spread = positive if stated_kind in ("var", "std") else logarithm if order != ["mean"] else -1
        for mean in (at for at in steady if at not in twins[:2]):
            yield PosteriorForm("pair" if spread >= 0 else "plain", mean, spread, stated_kind or kind)
        return
    if order is not None:
        yield from _stated_forms(answer.tensors, order, bool(interleaved), steady)
        return
    if n_tensors == 1:
        yield PosteriorForm("plain")
        for kind in ("halves", "interleaved"):
            for mean in (0, 1):
                yield PosteriorForm(kind, mean, 1 - mean)
        return
    shapes = [tensor.shape for tensor in answer.tensors]
    for mean in steady:
        partners = [at for at in steady if at != mean and shapes[at] == shapes[mean]]
        yield from (PosteriorForm("pair", mean, spread) for spread in partners)
        if not partners:
            yield PosteriorForm("plain", mean)


def _stated_forms(
    tensors: Sequence[Tensor], order: list[str], interleaved: bool, steady: list[int]
) -> Iterator[PosteriorForm]:
    mean = order.index("mean")
    scale = next((word for word in order if word != "mean"), None)
    if scale is None:
        yield from (PosteriorForm("plain", at) for at in (steady if len(tensors) > 1 else [0]))
    elif len(tensors) >= 2:
        for first, second in combinations(steady if len(steady) > 1 else range(len(tensors)), 2):
            if tensors[first].shape == tensors[second].shape:
                pair = (first, second) if mean == 0 else (second, first)
                yield PosteriorForm("pair", *pair, scale)
    else:
        yield PosteriorForm("interleaved" if interleaved else "halves", mean, 1 - mean, scale)


def output_candidates(
    held: Convention, decoded: Tensor | Distribution, x: Tensor, image: bool, stated: dict[str, Any]
) -> Iterator[Candidate]:
    """Yield the ways in which what was decoded can be read."""
    likelihood = held.likelihood
    if isinstance(decoded, Distribution):
        base = decoded.base_dist if isinstance(decoded, Independent) else decoded
        likelihood = "bernoulli" if isinstance(base, Bernoulli) else "gaussian"
    values = decoded.mean if isinstance(decoded, Distribution) else decoded
    if values.shape[1:] == x.shape[1:]:
        layouts: list[str] = ["nchw"]
    elif values.ndim == x.ndim and x.ndim > 2:
        layouts = ["nhwc"]
    else:
        layouts = ["flat", "nhwc"] if x.ndim == 4 and x.shape[1] > 1 else ["flat"]
    bernoulli = isinstance(decoded, Distribution) and likelihood == "bernoulli"
    outputs: list[str] = (
        ["unit"]
        if bernoulli
        else [stated["output"]]
        if "output" in stated
        else list(OUTPUTS if image else ("same", "unit"))
    )
    for layout in layouts:
        ours = rearranged(values.float(), layout, tuple(x.shape[1:]), len(x))
        for known in outputs:
            as_input = known == held.range and not bernoulli
            if as_input and "output" not in stated:
                continue  # tried as those of its input
            output = "same" if as_input else known
            by_item = (as_ours(ours, output, held.affine) - x).square().flatten(1).mean(dim=1)
            finite = torch.isfinite(by_item)
            # Single items without finite latents are left out later; they must not hide the right way.
            if int(finite.sum()) > len(x) // 2:
                error = float(by_item[finite].mean())
                yield Candidate(replace(held, output=output, output_layout=layout, likelihood=likelihood), error)


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:160]
