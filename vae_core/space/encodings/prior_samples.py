"""Draws from a model's prior, decoded: what there is to see of a decoder without data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch

from vae_core.data.dataset import Kind
from vae_core.data.prior_samples import PriorSamples
from vae_core.errors import InputError
from vae_core.model.protocol import LatentModel
from vae_core.progress import Progress, Stopped, silent
from vae_core.space.encodings.encode import evaluating

#: Draws where nobody says how many, and the bytes their pictures may take.
DRAWN = 5_000
MOST_BYTES = 256 * 2**20
_LEAST = 200
_TOGETHER = 64  # pictures that stay in a processor's cache
_KINDS: dict[int, Kind] = {1: "vector", 2: "series", 3: "image"}


def prior_samples(
    model: LatentModel, count: int | None = None, seed: int = 0, progress: Progress = silent
) -> PriorSamples:
    """Draw from a model's prior and decode: a data set whose items are the means of p(x|z).

    Parameters
    ----------
    model : LatentModel
        The model; it need not encode.
    count : int, optional
        Number of draws; 5,000 if it is left out, fewer where their pictures would take more than 256 MB.
    seed : int
        Of the draws.
    progress : Progress
        Hears of decoded items.

    Returns
    -------
    PriorSamples
        Images as uint8, vectors and series as float32; the column ``norm`` is the length of z.

    Raises
    ------
    InputError
        If `count` is not positive, or what is decoded is not finite.
    Stopped
        If `progress` asks to stop.
    """
    shape = tuple(model.sample_shape)
    image = len(shape) == 3
    if count is None:
        an_item = int(np.prod(shape)) * (1 if image else 4)
        count = max(_LEAST, min(DRAWN, MOST_BYTES // an_item))
    if count < 1:
        raise InputError(f"--samples takes a number of prior samples from 1 on, not {count}.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        z = model.prior.sample(torch.Size([count])).float().cpu()
    values = np.empty((count, *shape), dtype=np.uint8 if image else np.float32)
    with evaluating(model) as device, torch.inference_mode():
        for start in range(0, count, _TOGETHER):
            part = slice(start, min(start + _TOGETHER, count))
            decoded = model.likelihood(z[part].to(device)).mean.detach().float().cpu().numpy()
            if not np.isfinite(decoded).all():
                raise InputError(
                    "The decoder gives values that are not finite for draws from its prior; check its weights."
                )
            values[part] = np.rint(np.clip(decoded, 0, 1) * 255) if image else decoded
            if not progress(part.stop, count, "decoding prior samples"):
                raise Stopped
    low, high = (0.0, 255.0) if image else (float(values.min()), float(values.max()))
    latents = z.numpy()
    table = pd.DataFrame(
        {"norm": np.linalg.norm(latents, axis=1).astype(np.float32)}, index=pd.RangeIndex(count, name="item")
    )
    return PriorSamples(
        values,
        _KINDS[len(shape)],
        (low, high if high > low else low + 1.0),
        table,
        f"{count:,} prior samples",
        latents=latents,
        maker=model.fingerprint,
    )
