"""Encoders and decoders: an item to features, a latent point back to an item."""

from __future__ import annotations

import math

from torch import Tensor, nn
from torch.nn.functional import hardtanh

from vae_core.model.config import VAEConfig


def build_encoder(config: VAEConfig) -> nn.Sequential:
    """Build the network from items ``[n, *sample_shape]`` to ``[n, 2 d]``: posterior means, then log variances."""
    layers: list[nn.Module] = []
    width = math.prod(config.sample_shape)
    if config.architecture == "conv":
        channels = config.sample_shape[0]
        for stage, size in zip(config.channels, _stage_sizes(config), strict=False):
            layers += [nn.Conv2d(channels, stage, *_halving(size)), nn.ReLU()]
            channels = stage
        height, breadth = _stage_sizes(config)[-1]
        width = channels * height * breadth
    layers.append(nn.Flatten())
    for units in config.hidden:
        layers += [nn.Linear(width, units), nn.ReLU()]
        width = units
    layers.append(nn.Linear(width, 2 * config.latent_dim))
    return nn.Sequential(*layers)


def build_decoder(config: VAEConfig) -> nn.Sequential:
    """Build the network from latent points ``[n, d]`` to the parameters of p(x|z), ``[n, *sample_shape]``."""
    layers: list[nn.Module] = []
    width = config.latent_dim
    for units in reversed(config.hidden):
        layers += [nn.Linear(width, units), nn.ReLU()]
        width = units
    if config.architecture == "mlp":
        layers += [nn.Linear(width, math.prod(config.sample_shape)), nn.Unflatten(1, config.sample_shape)]
        return nn.Sequential(*layers)
    sizes = _stage_sizes(config)
    channels = config.channels[-1]
    layers += [nn.Linear(width, channels * math.prod(sizes[-1])), nn.Unflatten(1, (channels, *sizes[-1])), nn.ReLU()]
    stages = [config.sample_shape[0], *config.channels]
    for number in reversed(range(len(config.channels))):
        size = sizes[number]
        kernel, stride, padding = _halving(size)
        grown = zip(sizes[number + 1], stride, padding, kernel, strict=True)
        back = [(small - 1) * step - 2 * pad + width for small, step, pad, width in grown]
        missing = (size[0] - back[0], size[1] - back[1])
        layers.append(
            nn.ConvTranspose2d(stages[number + 1], stages[number], kernel, stride, padding, output_padding=missing)
        )
        if number:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def _halving(size: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Kernel, stride and padding that halve each axis, and keep an axis that is too short to be halved."""
    strides = tuple(2 if length >= 4 else 1 for length in size)
    kernels = tuple(4 if stride == 2 else 3 for stride in strides)
    return (kernels[0], kernels[1]), (strides[0], strides[1]), (1, 1)


def _stage_sizes(config: VAEConfig) -> list[tuple[int, int]]:
    """Height and width before the first stage and after each."""
    size = (config.sample_shape[1], config.sample_shape[2])
    sizes = [size]
    for _ in config.channels:
        _, stride, _ = _halving(size)
        size = (size[0] // stride[0], size[1] // stride[1])
        sizes.append(size)
    return sizes


def split(parameters: Tensor) -> tuple[Tensor, Tensor]:
    """Cut the encoder's output ``[n, 2 d]`` into mean and log variance, the latter where its exponential is finite."""
    mean, logvar = parameters.chunk(2, dim=1)
    # Clamping, but with one step backwards in place of clamp's five.
    return mean, hardtanh(logvar, -30.0, 20.0)
