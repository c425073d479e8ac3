"""Where a report comes from: the model, the data, and the versions of everything that computed it."""

from __future__ import annotations

import platform
from datetime import datetime
from importlib import metadata
from typing import TYPE_CHECKING

from vae_core.drawing.facts import Fact
from vae_core.drawing.numbers import count

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_LIBRARIES = ("torch", "numpy", "scipy", "scikit-learn", "pandas", "faiss-cpu", "umap-learn", "openTSNE")
#: Of all draws of a report.
SEED = 0


def origin(space: LatentSpace, made: datetime) -> list[Fact]:
    """Return what was looked at, when, and with what."""
    sample = " × ".join(str(size) for size in space.data.sample_shape)
    return [
        Fact("data", f"{space.data.name}, {count(len(space))} items of {sample} ({space.data.kind})"),
        *([Fact("left out", f"{count(len(space.left_out))} items without finite latents")] if space.left_out else []),
        Fact("latent dimensions", str(space.latent_dim)),
        Fact("model", type(space.model).__name__),
        Fact("fingerprint of model and data", space.fingerprint),
        Fact("seed of every draw", str(SEED)),
        Fact("made", f"{made:%Y-%m-%d %H:%M}"),
        Fact("versions", ", ".join(versions())),
    ]


def versions() -> list[str]:
    """Return names and versions of this program and of the libraries that compute."""
    found = [f"Python {platform.python_version()}"]
    for name in ("latent-explorer", *_LIBRARIES):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            if name == "latent-explorer":
                found.insert(0, "Latent Explorer (from its source folder)")
    return found
