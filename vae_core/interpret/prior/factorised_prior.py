"""A prior as its dimensions: densities, draws, distribution and quantile functions, of whatever law it is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from vae_core.errors import InputError

if TYPE_CHECKING:
    from torch.distributions import Distribution

    from vae_core.model.protocol import LatentModel

#: Draws that stand for a prior whose distribution function is not known, and their seed.
_DRAWS = 20_000
_STEPS = 4096


class FactorisedPrior:
    """p(z) = Π p(z_j); the standard normal is known as such and asked without torch.

    Parameters
    ----------
    dimensions : int
        Number of latent dimensions d.
    distribution : Distribution, optional
        Over ``[d]``, or one law for every dimension; the standard normal where it is left out.

    Raises
    ------
    InputError
        If the distribution does not factorise by dimension.
    """

    def __init__(self, dimensions: int, distribution: Distribution | None = None) -> None:
        self.dimensions = dimensions
        self._law: Any = None
        if distribution is None:
            return
        from torch.distributions import Independent

        from vae_core.space.encodings.rate import is_standard_normal

        while isinstance(distribution, Independent):
            distribution = distribution.base_dist
        if is_standard_normal(distribution):
            return
        if distribution.event_shape or tuple(distribution.batch_shape) not in ((dimensions,), (1,), ()):
            raise InputError(
                f"The prior {type(distribution).__name__} is not one of {dimensions} independent dimensions, so it "
                "cannot be compared by dimension; give the model a prior that factorises."
            )
        # Laws with bounds check their arguments, and would refuse points that merely have no density.
        self._law = _unchecked(distribution)

    @classmethod
    def of(cls, model: LatentModel) -> FactorisedPrior:
        """Return the prior of a model."""
        return cls(model.latent_dim, model.prior)

    @property
    def standard(self) -> bool:
        """Whether it is N(0, 1) in every dimension."""
        return self._law is None

    @property
    def exact(self) -> bool:
        """Whether its distribution function is known; else as many seeded draws as `stand_ins` stand for it."""
        return self.standard or self._asked_cdf is not None

    @property
    def stand_ins(self) -> int:
        """Draws that stand for a distribution function that is not known, 20,000; 0 where it is known."""
        return 0 if self.exact else _DRAWS

    def log_density(self, z: np.ndarray) -> np.ndarray:
        """Return log p(z_j) ``[m, d]`` float64 nats; −inf outside the support."""
        z = np.asarray(z, dtype=np.float64)
        if self.standard:
            return np.asarray(-0.5 * (np.square(z) + np.log(2 * np.pi)))
        return self._asked(lambda law, points: law.log_prob(points), z)

    def draw(self, count: int, seed: int = 0) -> np.ndarray:
        """Return seeded draws ``[count, d]`` float64."""
        if self.standard:
            return np.random.default_rng(seed).standard_normal((count, self.dimensions))
        import torch

        shape = (count,) if self._law.batch_shape == (self.dimensions,) else (count, self.dimensions)
        with torch.random.fork_rng(devices=[]), torch.inference_mode():
            torch.manual_seed(seed)
            drawn = self._law.sample(torch.Size(shape)).double().cpu().numpy()
        return np.asarray(drawn).reshape(count, self.dimensions)

    def cdf(self, z: np.ndarray) -> np.ndarray:
        """Return the distribution function P(Z_j ≤ z_j) at points ``[m, d]``."""
        z = np.asarray(z, dtype=np.float64)
        if self.standard:
            from scipy.special import ndtr

            return np.asarray(ndtr(z))
        if self._asked_cdf is not None:
            return self._asked_cdf(z)
        points, shares = self._table
        return np.stack([np.interp(z[:, j], points[:, j], shares[:, j], 0.0, 1.0) for j in range(z.shape[1])], axis=1)

    def quantile(self, shares: np.ndarray) -> np.ndarray:
        """Return the quantiles of shares ``[k]`` in (0, 1): ``[k, 1]`` where dimensions are alike, else ``[k, d]``."""
        shares = np.asarray(shares, dtype=np.float64)
        if self.standard:
            from scipy.special import ndtri

            return np.asarray(ndtri(shares))[:, None]
        points, known = self._table
        columns = 1 if (points == points[:, :1]).all() else self.dimensions
        return np.stack([np.interp(shares, known[:, j], points[:, j]) for j in range(columns)], axis=1)

    def _asked(self, ask: Callable[[Any, Any], Any], z: np.ndarray) -> np.ndarray:
        import torch

        with torch.inference_mode():
            told = ask(self._law, torch.from_numpy(z).to(self._device)).double().cpu().numpy()
        return np.asarray(np.nan_to_num(told, nan=-np.inf, posinf=np.inf, neginf=-np.inf))

    @cached_property
    def _device(self) -> Any:
        import torch

        # Of many laws the mean is not known; all of them can be drawn from.
        with torch.random.fork_rng(devices=[]), torch.inference_mode():
            return self._law.sample().device

    @cached_property
    def _asked_cdf(self) -> Callable[[np.ndarray], np.ndarray] | None:
        def cdf(z: np.ndarray) -> np.ndarray:
            return np.asarray(np.clip(self._asked(lambda law, points: law.cdf(points), z), 0.0, 1.0))

        try:
            cdf(np.zeros((1, self.dimensions)))
        except NotImplementedError:
            return None
        return cdf

    @cached_property
    def _table(self) -> tuple[np.ndarray, np.ndarray]:
        """Points ``[k, d]`` and the prior's share below each, to be interpolated between."""
        drawn = np.sort(self.draw(_DRAWS), axis=0)
        if self._asked_cdf is None:
            return drawn, np.repeat(drawn_shares(_DRAWS)[:, None], self.dimensions, axis=1)
        reach = drawn[-1] - drawn[0]
        steps = np.linspace(-0.5, 1.5, _STEPS)[:, None]
        if self._law.batch_shape != (self.dimensions,):
            # One law for all: a common grid makes their tables one.
            points = np.repeat(drawn.min() + steps * (drawn.max() - drawn.min()), self.dimensions, axis=1)
        else:
            points = drawn[0] + steps * reach
        return points, np.maximum.accumulate(self._asked_cdf(points), axis=0)


def drawn_shares(count: int) -> np.ndarray:
    """Return the shares ``[count]`` of a law that lie below the draws that stand for it, in their order."""
    return (np.arange(count) + 0.5) / count


def _unchecked(law: Any) -> Any:
    """Copy a law, and what it is made of, that takes any point."""
    law = copy.copy(law)
    law._validate_args = False
    if hasattr(law, "base_dist"):
        law.base_dist = _unchecked(law.base_dist)
    return law
