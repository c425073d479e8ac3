"""What a picture loses if one latent dimension is given the value of nobody or of somebody else."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped, silent

if TYPE_CHECKING:
    from vae_core.model.protocol import LatentModel
    from vae_core.space.latent_space import LatentSpace

#: Items where nobody says how many: between these, as many as take so many decodings.
ITEMS = (50, 500)
DECODINGS = 40_000
_TOGETHER = 64  # pictures that stay in a processor's cache

Convention = Literal["prior", "aggregate"]


@dataclass(frozen=True)
class Change:
    """What swapping does, by dimension or in all; means over the items with their standard errors.

    Attributes
    ----------
    loss, loss_error : ndarray or None
        ``[k]`` float64 nats per item, by how much −log p(x|z) rises; None where there are no items but prior samples.
    picture, picture_error : ndarray
        ``[k]`` float64, mean over the values of the squared change of the mean of p(x|z), in squared units of the data
        (pixels in [0, 1]).
    """

    loss: np.ndarray | None
    loss_error: np.ndarray | None
    picture: np.ndarray
    picture_error: np.ndarray


@dataclass(frozen=True)
class Swap:
    """What is lost if latent dimensions are swapped; see `swap`.

    Attributes
    ----------
    items, of : int
        Items looked at, and items of the space.
    convention : str
        Where the swapped values come from: "prior", or "aggregate", the posterior of another item.
    swapped : Change
        ``[d]``: one dimension swapped, the others kept.
    redrawn : Change
        ``[d]``: one dimension drawn anew from the posterior of the same item. What chance gives: a dimension that
        tells nothing changes no more by being swapped. Its loss is 0 in expectation.
    excess : Change
        ``[d]``: what swapping does beyond drawing anew, and the standard error of that difference, taken item by item:
        both begin with the same z. Below 0 only by chance, or where the decoder does better elsewhere.
    everything : Change
        ``[1]``: all dimensions swapped at once, the most there is to lose.
    redrawn_everything : Change
        ``[1]``: all dimensions drawn anew from the posterior of the same item.
    notes : tuple of str
        A sentence each: what to mind.
    """

    items: int
    of: int
    convention: str
    swapped: Change
    redrawn: Change
    excess: Change
    everything: Change
    redrawn_everything: Change
    notes: tuple[str, ...]


def swap(
    space: LatentSpace,
    *,
    items: int | None = None,
    seed: int = 0,
    convention: Convention = "prior",
    progress: Progress = silent,
) -> Swap:
    """Measure what pictures lose if latent dimensions take the values of the prior or of other items.

    Every item has one posterior sample z, which all swaps of it begin with, and one point u that all its swaps take
    their values from; so dimensions are compared on equal terms. It is a permutation importance of the decoder's input
    (Breiman 2001, sec. 10) in the units of the model's own likelihood.

    Parameters
    ----------
    space : LatentSpace
        The space. A model without a variance has its means for z; a decoder alone the draws its samples came from.
    items : int, optional
        Items looked at, drawn with the seed; if it is left out 500, fewer (but 50) where d is above 38. Each takes
        2 d + 3 decodings.
    seed : int
        Of all draws.
    convention : {"prior", "aggregate"}
        u is drawn from p(z), or is a posterior sample of another item, drawn from the whole set.
    progress : Progress
        Hears of decoded latent points.

    Raises
    ------
    InputError
        If there are fewer than two items, no such convention, a prior that does not factorise, or what is decoded is
        not finite.
    Stopped
        If `progress` asks to stop.
    """
    if convention not in ("prior", "aggregate"):
        raise InputError(f"Swapped values come from the 'prior' or the 'aggregate', not from {convention!r}.")
    n, d = space.mean.shape
    usual = min(max(DECODINGS // (2 * d + 3), ITEMS[0]), ITEMS[1])
    m = min(n, usual if items is None else items)
    if m < 2:
        raise InputError("A mean over items needs at least two of them to have an uncertainty.")
    random = np.random.default_rng(seed)
    rows = np.sort(random.choice(n, m, replace=False))
    z, again = (_posterior_sample(space, rows, random) for _ in range(2))
    if convention == "prior":
        other = _prior_sample(space.model, m, random)
    else:
        partner = (rows + random.integers(1, n, size=m)) % n  # anyone but itself
        other = _posterior_sample(space, partner, random)
    loss, picture = _differences(space, rows, z, again, other, progress)
    if not np.isfinite(picture).all() or not (loss is None or np.isfinite(loss).all()):
        raise InputError(
            f"{space.data.name}: what is decoded from swapped latent points is not finite; check the model's weights."
        )

    def change(columns: slice, less: slice | None = None) -> Change:
        def told(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return _mean_and_error(values[:, columns] - (0 if less is None else values[:, less]))

        nats, nats_error = (None, None) if loss is None else told(loss)
        return Change(nats, nats_error, *told(picture))

    notes = []
    if not space.model.can.encode:
        notes.append("The items are prior samples: only the change of the picture is told, and no item is drawn anew.")
    elif not space.model.can.variance:
        notes.append("The posterior has no variance: an item drawn anew is the same, so any change is more than that.")
    return Swap(
        m,
        n,
        convention,
        change(slice(0, d)),
        change(slice(d, 2 * d)),
        change(slice(0, d), slice(d, 2 * d)),
        change(slice(2 * d, 2 * d + 1)),
        change(slice(2 * d + 1, 2 * d + 2)),
        tuple(notes),
    )


def _differences(
    space: LatentSpace,
    rows: np.ndarray,
    z: np.ndarray,
    again: np.ndarray,
    other: np.ndarray,
    progress: Progress,
) -> tuple[np.ndarray | None, np.ndarray]:
    """Return loss and change of picture ``[m, 2 d + 2]``: of d swaps, d dimensions drawn anew, and all of each."""
    import torch

    from vae_core.space.encodings.encode import evaluating

    m, d = z.shape
    encodes = space.model.can.encode
    loss = np.zeros((m, 2 * d + 2)) if encodes else None
    picture = np.zeros((m, 2 * d + 2))
    sources = [(other, j) for j in range(d)] + [(again, j) for j in range(d)] + [(other, None), (again, None)]
    blocks = range(0, m, _TOGETHER)
    with evaluating(space.model) as device, torch.inference_mode():
        for block, start in enumerate(blocks):
            part = slice(start, start + _TOGETHER)
            x = torch.from_numpy(space.data.batch(rows[part])).to(device) if encodes else None

            def decoded(points: np.ndarray, x: torch.Tensor | None = x) -> tuple[torch.Tensor, np.ndarray | float]:
                likelihood = space.model.likelihood(torch.from_numpy(points).to(device))
                nats: np.ndarray | float = 0.0
                if x is not None:
                    nats = -likelihood.log_prob(x).reshape(len(points), -1).double().sum(1).cpu().numpy()
                return likelihood.mean.reshape(len(points), -1), nats

            pictures, before = decoded(z[part])
            for column, (source, j) in enumerate(sources):
                # A model without a variance, and a decoder alone, have nothing to draw anew.
                if source is not again or space.model.can.variance:
                    moved = z[part].copy() if j is not None else source[part]
                    if j is not None:
                        moved[:, j] = source[part, j]
                    changed, after = decoded(moved)
                    picture[part, column] = (changed - pictures).square().mean(dim=1).double().cpu().numpy()
                    if loss is not None:
                        loss[part, column] = after - before
                if not progress(block * len(sources) + column + 1, len(blocks) * len(sources), "swapping dimensions"):
                    raise Stopped("Swapping dimensions was stopped.")
    return loss, picture


def _posterior_sample(space: LatentSpace, rows: np.ndarray, random: np.random.Generator) -> np.ndarray:
    mean = np.array(space.mean[rows], dtype=np.float32)
    noise = random.standard_normal(mean.shape, dtype=np.float32)
    if not space.model.can.variance:
        return mean
    return np.asarray(mean + np.exp(0.5 * space.logvar[rows]) * noise)


def _prior_sample(model: LatentModel, count: int, random: np.random.Generator) -> np.ndarray:
    from vae_core.interpret.prior.factorised_prior import FactorisedPrior

    # Not the seed itself: prior samples may have been drawn with it, and would be swapped for themselves.
    return FactorisedPrior.of(model).draw(count, int(random.integers(2**62))).astype(np.float32)


def _mean_and_error(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(len(values))
