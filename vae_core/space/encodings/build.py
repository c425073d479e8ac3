"""The encodings of a data set: from the cache, else made, going on where they were interrupted."""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from vae_core.data.dataset import Dataset
from vae_core.data.prior_samples import PriorSamples
from vae_core.errors import InputError
from vae_core.model.protocol import LatentModel
from vae_core.progress import Progress
from vae_core.space.cache import Encodings, SpaceCache
from vae_core.space.encodings.checkpoint import DRAWS, RESUMED_FROM, EncodingCheckpoint
from vae_core.space.encodings.encode import NO_VARIANCE, distortion, encode
from vae_core.space.encodings.rate import rate
from vae_core.space.trust import TrustScale
from vae_core.space.trust.faithfulness import usual_round_trips
from vae_core.storage import DiskFull

log = logging.getLogger(__name__)

#: Part of every fingerprint; raised when the same model and data would be encoded to other arrays.
ENCODING_VERSION = 1
_NAMED = 5
#: Seconds: where all draws take no longer, none is left for later.
_AT_ONCE = 1.0


def space_fingerprint(model: LatentModel, data: Dataset) -> str:
    """Name the space of a data set seen through a model, by their content."""
    text = f"{ENCODING_VERSION} {model.fingerprint} {data.fingerprint}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def kept_encodings(model: LatentModel, data: Dataset, files: SpaceCache) -> Encodings | None:
    """Return the encodings that lie in a space's files, None where there are none of this model and data."""
    found = files.encodings(space_fingerprint(model, data))
    fits = found is not None and found.mean.shape == (len(data) - len(found.left_out), model.latent_dim)
    return found if fits else None


def made_encodings(
    model: LatentModel, data: Dataset, files: SpaceCache, progress: Progress, batch_size: int, draws: int = DRAWS
) -> Encodings:
    """Encode a data set and keep the result; items without finite latents are left out and named in the log.

    Parameters
    ----------
    model, data, progress, batch_size
        As of `LatentSpace.build`.
    files : SpaceCache
        Where the result is kept.
    draws : int
        Posterior samples of the distortion: `DRAWS`, or fewer where `refined_encodings` takes the rest.

    Raises
    ------
    InputError
        If model and data do not fit, or no item has finite latents.
    Stopped
        If `progress` asks to stop.
    """
    fingerprint = space_fingerprint(model, data)
    if isinstance(data, PriorSamples) and not model.can.encode:
        drawn = _as_drawn(data)
        files.keep_encodings(drawn, fingerprint)
        return drawn
    if not model.can.variance:
        draws = DRAWS  # all of them are the mean
    partial = _partial(files.folder, len(data), model.latent_dim, fingerprint, draws)
    encodings = _encode_all(model, data, progress, batch_size, partial, draws)
    files.keep_encodings(encodings, fingerprint)
    if partial is not None and (kept := files.encodings(fingerprint)) is not None:
        encodings = kept
        partial.remove()
    return encodings


def refined_encodings(
    model: LatentModel, data: Dataset, files: SpaceCache, progress: Progress, encodings: Encodings
) -> Encodings:
    """Return encodings with the distortion of all draws, and keep them.

    Parameters
    ----------
    model : LatentModel
        The space's.
    data : Dataset
        Its items with those left out: the draws belong to an item's place in the whole set.
    files : SpaceCache
        Where the result is kept.
    progress : Progress
        Hears of items whose distortion is known.
    encodings : Encodings
        With the distortion of fewer draws.

    Raises
    ------
    Stopped
        If `progress` asks to stop; of a large set what is done is kept, and gone on from.
    """
    there = np.setdiff1d(np.arange(len(data)), encodings.left_out)
    mean, logvar = encodings.mean, encodings.logvar
    if len(there) < len(data):
        mean, logvar = (np.zeros((len(data), model.latent_dim), dtype=np.float32) for _ in range(2))
        mean[there], logvar[there] = encodings.mean, encodings.logvar
    fingerprint = space_fingerprint(model, data)
    partial = _partial(files.folder, len(data), 0, fingerprint, DRAWS, "distortion")
    value, error = distortion(model, data, mean, logvar, progress=progress, partial=partial)
    refined = replace(
        encodings, distortion=np.array(value[there]), distortion_error=np.array(error[there]), draws=DRAWS
    )
    files.keep_encodings(refined, fingerprint)
    if partial is not None:
        partial.remove()
    return refined


def _partial(
    folder: Path | None, n: int, d: int, fingerprint: str, draws: int, name: str = "encoding"
) -> EncodingCheckpoint | None:
    if folder is None or n < RESUMED_FROM:
        return None
    try:
        return EncodingCheckpoint(folder, n, d, fingerprint, draws, name)
    except (DiskFull, OSError) as error:
        log.warning("%s cannot be written to (%s): an interruption will lose what is done.", folder, error)
        return None


def _encode_all(
    model: LatentModel,
    data: Dataset,
    progress: Progress,
    batch_size: int,
    partial: EncodingCheckpoint | None,
    draws: int,
) -> Encodings:
    mean, logvar = encode(model, data, batch_size, progress, partial)
    begun = time.monotonic()

    def lost(draws: int, partial: EncodingCheckpoint | None = None) -> tuple[np.ndarray, np.ndarray]:
        return distortion(model, data, mean, logvar, draws, batch_size=batch_size, progress=progress, partial=partial)

    value, error = lost(draws, partial)
    if draws < DRAWS and (time.monotonic() - begun) * DRAWS / draws < _AT_ONCE:
        draws = DRAWS
        value, error = lost(draws)
    finite = np.isfinite(mean).all(axis=1) & np.isfinite(np.exp(logvar)).all(axis=1)
    if not finite.any():
        raise InputError(f"{data.name}: the model gives no item a finite posterior; check its weights and its data.")
    if not finite.all():
        mean, logvar, value, error = mean[finite], logvar[finite], value[finite], error[finite]
        left_out = np.flatnonzero(~finite)
        log.warning("%s", left_out_sentence(data, left_out))
    else:
        left_out = np.empty(0, dtype=np.int64)
    bad = ~np.isfinite(value)
    if bad.any():
        first = int(np.flatnonzero(finite)[bad.argmax()])
        raise InputError(
            f"{data.name}: the likelihood of {int(bad.sum())} of {len(data)} items is not finite, first of item "
            f"{first}; check the model's weights and that the data lie in the range of its likelihood."
        )
    nats = rate(mean, logvar, model.prior) if model.can.variance else np.full_like(mean, np.nan)
    scale = TrustScale.measure(mean, logvar)
    trips = usual_round_trips(model, mean, scale)
    return Encodings(
        mean, logvar, nats, value, error, scale.share, scale.quantiles, scale.density, trips, left_out, draws
    )


def _as_drawn(data: PriorSamples) -> Encodings:
    """Return prior samples at the points they were drawn at, with posteriors of no width and nothing measured.

    What is usual for trust are then the distances between the draws, each left out of its own neighbours: a further
    draw from the prior lies among them like any other.
    """
    mean = np.ascontiguousarray(data.latents, dtype=np.float32)
    logvar = np.full_like(mean, NO_VARIANCE)
    scale = TrustScale.measure(mean, logvar)
    unknown = np.full(len(mean), np.nan, dtype=np.float32)
    nats = np.full_like(mean, np.nan)
    measured = (scale.share, scale.quantiles, scale.density)
    return Encodings(mean, logvar, nats, unknown, unknown.copy(), *measured)


def left_out_sentence(data: Dataset, left_out: np.ndarray) -> str:
    """Return which items ``[k]`` of the whole set are left out, and why."""
    ids = ", ".join(str(data.table.index[item]) for item in left_out[:_NAMED])
    more = " and others" if len(left_out) > _NAMED else ""
    return (
        f"{data.name}: {len(left_out)} of {len(data)} items are left out, because the model gives latent values "
        f"that are not finite for them: {ids}{more}."
    )
