"""The axes of the map's figure, and what part of the map they frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from vae_core import Projection
from vae_core.drawing.numbers import percent

_AXES = {"tsne": "t-SNE", "umap": "UMAP"}
#: Pixels below the map for its axis title and for the legend or the colour bar.
FOOT = 84
#: Pixels of its texts; what holds them grows with them.
TEXT = 12.0


def draw_axes(figure: go.Figure, projection: Projection, ink: str, dark: bool, text: float = TEXT) -> None:
    """Name and scale the axes of a map."""
    settings = projection.settings
    meaningful = settings.method in ("pca", "z")
    titles = []
    for axis in range(projection.dimensions):
        if settings.method == "pca" and projection.explained is not None:
            titles.append(f"PC {axis + 1} · {percent(float(projection.explained[axis]))} of variance")
        elif settings.method == "z":
            titles.append(f"z{settings.axes[axis]}")
        else:
            titles.append(f"{_AXES[settings.method]} {axis + 1}")
    line = "#373A40" if dark else "#E9ECEF"
    shared = {
        "gridcolor": line,
        "zerolinecolor": line,
        "showgrid": meaningful,
        "zeroline": meaningful,
        "showticklabels": meaningful,
        "color": ink,
        "separatethousands": True,
        "exponentformat": "power",
        "tickfont": {"size": text, "color": ink},
    }
    if projection.dimensions == 3:
        figure.update_layout(
            scene={
                **{
                    f"{name}axis": {
                        **shared,
                        "title": {"text": title, "font": {"size": text, "color": ink}},
                        "backgroundcolor": "rgba(0,0,0,0)",
                        "showspikes": False,
                        # Set by the items: a latent point far out must not shrink them to a speck.
                        "range": span(projection.points[:, axis]),
                    }
                    for axis, (name, title) in enumerate(zip("xyz", titles, strict=True))
                },
                "aspectmode": "data",
            },
            margin={"l": 0, "r": 0, "t": 0, "b": round((FOOT - 30) * text / TEXT), "autoexpand": False},
            # For the way back from a part of it.
            meta={"whole": [span(projection.points[:, axis]) for axis in range(3)]},
        )
        return
    line_only = projection.latent_dim == 1
    if line_only:
        titles[1] = ""
    # Without a second axis that gives way Plotly looks for labels inside before there are any, and stumbles.
    labels = "outside" if line_only else "inside"
    # By itself Plotly frames differently coloured points differently.
    ends = [span(projection.points[:, axis]) for axis in range(2)]
    whole = [{"minallowed": low, "maxallowed": high} for low, high in ends]
    figure.update_xaxes(
        **shared,
        title={"text": titles[0], "font": {"size": text}, "standoff": 2},
        ticklabelposition=labels,
        side="bottom",
        automargin=False,
        autorangeoptions=whole[0],
    )
    figure.update_yaxes(
        **{**shared, **({"showticklabels": False, "showgrid": False} if line_only else {})},
        title={"text": titles[1], "font": {"size": text}, "standoff": 2},
        ticklabelposition=labels,
        # One latent dimension makes a line, which would be a speck at the scale of a second axis.
        **({} if line_only else {"scaleanchor": "x", "scaleratio": 1}),
        automargin=False,
        autorangeoptions=whole[1],
    )


def show_frame(figure: go.Figure, projection: Projection, frame: Sequence[float]) -> None:
    """Look at a part of the map; a frame of another kind of map is passed over."""
    if projection.dimensions == 2 and len(frame) == 4:
        figure.update_xaxes(range=list(frame[:2]))
        figure.update_yaxes(range=list(frame[2:]))
    elif projection.dimensions == 3 and len(frame) == 9:
        eye, centre, up = (dict(zip("xyz", frame[start : start + 3], strict=True)) for start in (0, 3, 6))
        figure.update_layout(scene_camera={"eye": eye, "center": centre, "up": up})


def span(values: np.ndarray) -> list[float]:
    """Return the ends of an axis that holds these values with a margin."""
    low, high = float(values.min()), float(values.max())
    margin = 0.04 * (high - low) or 0.5
    return [low - margin, high + margin]
