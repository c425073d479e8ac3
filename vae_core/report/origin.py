"""Where a report comes from: the model, the data, and the versions of everything that computed it."""

from __future__ import annotations

import platform
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae_core.drawing.facts import Fact
from vae_core.drawing.numbers import count
from vae_core.interpret.studies import OF_THE_TABLE, STUDIES
from vae_core.space.cache import SpaceCache

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
        *_opened_with(space),
        Fact("chosen of the studies", "; ".join(_chosen()), "(each as it is by default)"),
        Fact("seed of every draw", str(SEED)),
        Fact("made", f"{made:%Y-%m-%d %H:%M}"),
        Fact("versions", ", ".join(versions())),
    ]


def _opened_with(space: LatentSpace) -> list[Fact]:
    """Return what was said of the model and of the data; of files the names, since a report is passed on."""
    noted = SpaceCache(space.folder).origin()
    found = []
    for name, options in (("model", noted[2]), ("data", noted[3])) if noted is not None else ():
        said = ", ".join(f"{key} {_told(value)}" for key, value in options.items())
        found += [Fact(f"{name} opened with", said)] if said else []
    return found


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={_told(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_told(one) for one in value)
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else str(value)


def _chosen() -> list[str]:
    """Return what stands for each choice a reader of the page would have."""
    return [
        f"{study.title}: {choice.title} {choice.values[0]}"
        for study in STUDIES
        for choice in study.choices.values()
        if choice.values != OF_THE_TABLE
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
