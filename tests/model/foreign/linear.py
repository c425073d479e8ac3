"""A linear VAE in closed form for any data: probabilistic PCA, which takes its items in units of its own."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class LinearVAE:
    """The maximum likelihood solution of Tipping & Bishop (1999) on items that have been given in some way.

    Parameters
    ----------
    middle, axes, width : Tensor
        ``[k]`` mean, ``[d, k]`` loadings, ``[d]`` posterior deviations.
    back : Tensor
        ``[k, d]`` from items less their mean to posterior means.
    shape : torch.Size
        Of an item as it is given.
    """

    middle: Tensor
    axes: Tensor
    width: Tensor
    back: Tensor
    shape: torch.Size

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        assert x.shape[1:] == self.shape, f"takes items of shape {tuple(self.shape)}, got {tuple(x.shape[1:])}"
        mean = (x.flatten(1) - self.middle) @ self.back
        return mean, (2 * self.width.log()).expand_as(mean)

    def decode(self, z: Tensor) -> Tensor:
        return (z @ self.axes + self.middle).reshape(-1, *self.shape)


def linear_vae(x: Tensor, latent_dim: int = 6) -> LinearVAE:
    """Fit to items ``[n, ...]`` as the model is to take them."""
    flat = x.flatten(1).double()
    middle = flat.mean(dim=0)
    _, singular, directions = torch.linalg.svd(flat - middle, full_matrices=False)
    variance = singular.square() / len(flat)
    noise = variance[latent_dim:].sum() / (flat.shape[1] - latent_dim)
    kept = variance[:latent_dim]
    axes = directions[:latent_dim] * (kept - noise).sqrt()[:, None]
    back = directions[:latent_dim].T * ((kept - noise).sqrt() / kept)
    width = (noise / kept).sqrt()
    return LinearVAE(middle.float(), axes.float(), width.float(), back.float(), x.shape[1:])
