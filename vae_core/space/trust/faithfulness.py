"""Faithful: whether an item's reconstruction matches it, or a decoded picture leads back to its latent point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from vae_core.space.encodings.encode import evaluating
from vae_core.space.trust.scores import normalized_excess, score_of
from vae_core.threads import ALL, computing_with

if TYPE_CHECKING:
    from vae_core.model.protocol import LatentModel
    from vae_core.space.trust.scale import TrustScale

_SAMPLED = 500
#: Pictures at once: so many stay in a processor's cache between decoder and encoder.
_BATCH = 64
#: Up to so many points a team of threads waits for itself longer than it works.
_ALONE = 256


def encoded_again(model: LatentModel, z: np.ndarray, decoded: np.ndarray | None = None) -> np.ndarray:
    """Return the posterior means ``[m, d]`` of the decoded means of latent points ``[m, d]``; NaN where there is none.

    Points that lie so far out that the decoder gives no finite picture have none. Where those means are known
    already, they are given as `decoded`, ``[m, *sample_shape]``.
    """
    found = np.full(z.shape, np.nan, dtype=np.float32)
    threads = computing_with(1 if len(z) <= _ALONE else ALL)
    with evaluating(model) as device, torch.inference_mode(), threads:
        for start in range(0, len(z), _BATCH):
            rows = np.arange(start, min(start + _BATCH, len(z)))
            if not _encode_pictures(model, z, decoded, rows, device, found):
                # One point without a picture must not take those beside it along.
                for row in rows:
                    _encode_pictures(model, z, decoded, np.array([row]), device, found)
    return found


def _encode_pictures(
    model: LatentModel,
    z: np.ndarray,
    decoded: np.ndarray | None,
    rows: np.ndarray,
    device: torch.device,
    found: np.ndarray,
) -> bool:
    """Fill rows of `found`; return False if torch.distributions refuses what the networks give for some of them."""
    given = torch.from_numpy(np.array((z if decoded is None else decoded)[rows], dtype=np.float32)).to(device)
    try:
        pictures = model.likelihood(given).mean if decoded is None else given
        found[rows] = model.encode(pictures).mean.detach().float().cpu().numpy()
    except ValueError:
        return False
    return True


def usual_round_trips(model: LatentModel, mean: np.ndarray, scale: TrustScale) -> np.ndarray:
    """Return ``[101]`` float32 percentiles of how far the items ``[n, d]`` come back from themselves, over 500 of them.

    Lengths are weighted as in `TrustScale`.
    """
    rows = np.unique(np.linspace(0, len(mean) - 1, min(len(mean), _SAMPLED)).astype(np.int64))
    away = scale.length(encoded_again(model, mean[rows]) - mean[rows])
    # What has no picture does not come back at all, and is no yardstick.
    known = away[np.isfinite(away)]
    return np.percentile(known, np.arange(101)).astype(np.float32) if len(known) else np.zeros(101, dtype=np.float32)


def round_trip_score(away: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + t³), t = max(a − a_90, 0) / (a_99 − a_90), a how far points come back from where they were.

    Parameters
    ----------
    away : ndarray
        ``[m]`` weighted lengths; what is not finite scores 0.
    usual : ndarray
        Percentiles over the items, see `usual_round_trips`.
    """
    low, remote = float(usual[90]), float(usual[99])
    away = np.nan_to_num(away, nan=np.inf, posinf=1e30)
    return score_of(normalized_excess(away, low, remote, max(1e-3 * remote, 1e-6)))


class RoundTrips:
    """Latent points decoded and encoded again, beside the space's own items.

    Parameters
    ----------
    model : LatentModel
        The space's.
    mean : ndarray
        ``[n, d]`` its encodings.
    scale : TrustScale
        Of them.
    usual : ndarray, optional
        ``[101]`` as of `usual_round_trips`; measured on first use where earlier versions kept none.
    """

    def __init__(self, model: LatentModel, mean: np.ndarray, scale: TrustScale, usual: np.ndarray | None) -> None:
        self._model = model
        self._mean = mean
        self._scale = scale
        self._usual = usual

    def __call__(self, z: np.ndarray, decoded: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Say where latent points come back to, and how well.

        Parameters
        ----------
        z : ndarray
            ``[m, d]``.
        decoded : ndarray, optional
            ``[m, *sample_shape]`` the decoder's means there, where they are known.

        Returns
        -------
        back : ndarray
            ``[m, d]`` float32, the means of q(z|x̂), x̂ the mean of p(x|z); `z` itself where the model cannot encode.
        score : ndarray
            ``[m]`` float32 in [0, 1], see `round_trip_score`.
        """
        if not self._model.can.encode:
            return np.asarray(z, dtype=np.float32), np.ones(len(z), dtype=np.float32)
        if self._usual is None:
            self._usual = usual_round_trips(self._model, self._mean, self._scale)
        back = encoded_again(self._model, z, decoded)
        return back, round_trip_score(self._scale.length(back - z), self._usual)


def reconstruction_score(distortion: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + t³), t = max(D − D_50, 0) / (D_95 − D_50), D the distortion of items.

    Parameters
    ----------
    distortion : ndarray
        ``[m]`` nats; NaN, where it was not measured, scores NaN.
    usual : ndarray
        ``[101]`` percentiles of the distortion over the items of the space.
    """
    middle, bad = float(usual[50]), float(usual[95])
    least = 1e-6 * max(abs(middle), abs(bad), 1.0)
    score = score_of(normalized_excess(np.nan_to_num(distortion, nan=np.inf), middle, bad, least))
    return np.where(np.isnan(distortion), np.float32(np.nan), score)
