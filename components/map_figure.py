"""The map as a Plotly figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from components.columns import KEPT, columns, values_of, with_others
from components.palette import DIVERGING, MISSING, SEQUENTIAL, category_style
from vae_core import InputError, LatentSpace, Projection

_AXES = {"tsne": "t-SNE", "umap": "UMAP"}
#: Classes that get their name written on the map.
MOST_LABELS = 24
#: Pixels below the map for its axis title and for the legend or the colour bar.
FOOT = 84


def empty_figure() -> dict[str, Any]:
    """Return what stands in the map's place until there is one."""
    hidden = {"visible": False}
    return {
        "data": [],
        "layout": {
            "xaxis": hidden,
            "yaxis": hidden,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        },
    }


def map_figure(
    space: LatentSpace,
    projection: Projection,
    color: str,
    dark: bool = False,
    key: str = "",
    frame: Sequence[float] | None = None,
) -> go.Figure:
    """Draw a map.

    Parameters
    ----------
    space : LatentSpace
        The space.
    projection : Projection
        Its map.
    color : str
        The column that colours the points; see `columns`.
    dark : bool
        For a dark page.
    key : str
        Names the map that is drawn.
    frame : sequence of float, optional
        What is in view, by default everything: left, right, bottom and top of a flat map; eye, centre and up
        of the camera in depth.

    Raises
    ------
    InputError
        If there is no such column or it is text.
    """
    values = values_of(space, color, projection)
    kinds = {column.name: column.kind for column in columns(space)}
    if values is None and color == KEPT:
        raise InputError("The neighbours kept on this map have not been measured yet.")
    if values is None or kinds.get(color, "number") == "text":
        raise InputError(f"The map cannot be coloured by {color!r}.")
    ink = "#C1C2C5" if dark else "#495057"
    figure = go.Figure()
    if kinds[color] == "category":
        _add_categories(figure, projection, values, dark)
    else:
        _add_numbers(
            figure,
            projection,
            values.to_numpy(dtype=np.float64, na_value=np.nan),
            "neighbours kept" if color == KEPT else color,
            kinds[color] == "diverging",
            ink,
        )
    figure.update_layout(
        uirevision=key,
        showlegend=kinds[color] == "category",
        legend={
            "orientation": "h",
            "yref": "container",
            "y": 0,
            "x": 0,
            "yanchor": "bottom",
            "maxheight": 52,
            "font": {"size": 11, "color": ink},
            "itemsizing": "constant",
            "entrywidth": 74,
            "title": {"text": f"{_escape(color)} ", "font": {"size": 11}},
            "bgcolor": "rgba(0,0,0,0)",
        },
        font={"family": "Arial, Helvetica, sans-serif", "color": ink, "size": 11},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hovermode="closest",
        hoverdistance=6,
        spikedistance=0,
        dragmode="pan" if projection.dimensions == 2 else "orbit",
        clickanywhere=projection.dimensions == 2,
        # The same whatever colours the points, or another colour would move the map.
        margin={"l": 30, "r": 8, "t": 6, "b": FOOT, "autoexpand": False},
        template=None,
    )
    _draw_axes(figure, projection, ink, dark)
    if frame is not None:
        _show_frame(figure, projection, frame)
    return figure


def _add_categories(figure: go.Figure, projection: Projection, values: pd.Series, dark: bool) -> None:
    values = with_others(values)
    categories = (
        list(values.cat.categories)
        if isinstance(values.dtype, pd.CategoricalDtype)
        else sorted(values.dropna().unique())
    )
    labelled = 8 < len(categories) <= MOST_LABELS and projection.dimensions == 2 and projection.latent_dim > 1
    labels: dict[str, np.ndarray] = {}
    paper = "rgba(26,27,30,0.65)" if dark else "rgba(255,255,255,0.65)"
    for position, category in enumerate(categories):
        index = np.flatnonzero((values == category).to_numpy(dtype=bool, na_value=False))
        if len(index) == 0:
            continue
        colour, symbol = category_style(position, len(categories))
        _add_points(figure, projection, index, _escape(str(category)), {"color": colour, "symbol": symbol})
        if labelled:
            labels[str(category)] = np.median(projection.points[index], axis=0)
    shifts = label_shifts(list(labels.values()), float(np.ptp(projection.points, axis=0).max()))
    for (text, middle), shift in zip(labels.items(), shifts, strict=True):
        figure.add_annotation(
            x=float(middle[0]),
            y=float(middle[1]),
            yshift=shift,
            text=f"<b>{_escape(text)}</b>",
            showarrow=False,
            font={"size": 11},
            bgcolor=paper,
            borderpad=1,
            captureevents=False,
            name="label",
        )
    index = np.flatnonzero(values.isna())
    if len(index):
        _add_points(figure, projection, index, "missing", {"color": MISSING, "symbol": "circle"})


def label_shifts(places: list[np.ndarray], span: float) -> list[int]:
    """Return by how many pixels upwards names at these places are moved so as not to lie over one another.

    Parameters
    ----------
    places : list of ndarray
        ``[2]`` each, on the map.
    span : float
        Extent of the map, taken to be shown in some 500 pixels.
    """
    wide, high, shown = 70, 17, 500
    across = [shown * float(place[0]) / max(span, 1e-12) for place in places]
    up = [shown * float(place[1]) / max(span, 1e-12) for place in places]
    at = list(up)
    done: list[int] = []
    # From the top down; a name that would lie on another one goes below it.
    for i in sorted(range(len(places)), key=lambda i: -up[i]):
        for j in sorted(done, key=lambda j: -at[j]):
            if abs(across[i] - across[j]) < wide and abs(at[i] - at[j]) < high:
                at[i] = at[j] - high
        done.append(i)
    return [round(end - begin) for begin, end in zip(up, at, strict=True)]


def _add_numbers(
    figure: go.Figure, projection: Projection, values: np.ndarray, title: str, diverging: bool, ink: str
) -> None:
    known = np.isfinite(values)
    if not known.all():
        _add_points(figure, projection, np.flatnonzero(~known), "missing", {"color": MISSING})
    if not known.any():
        return
    index = np.flatnonzero(known)
    # A few outliers must not take all the colours for themselves.
    low, high = np.quantile(values[known], [0.005, 0.995])
    if diverging:
        high = max(abs(low), abs(high)) or 1.0
        low = -high
    marker = {
        "color": values[index].astype(np.float32),
        "colorscale": DIVERGING if diverging else SEQUENTIAL,
        "cmin": float(low),
        "cmax": float(high) if high > low else float(low) + 1,
        "colorbar": {
            "title": {"text": _escape(title), "side": "top", "font": {"size": 11, "color": ink}},
            "orientation": "h",
            "thickness": 8,
            "len": 0.5,
            "outlinewidth": 0,
            "x": 0.5,
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "ypad": 4,
            "tickfont": {"size": 10, "color": ink},
        },
    }
    _add_points(figure, projection, index, title, marker)


def _add_points(
    figure: go.Figure, projection: Projection, index: np.ndarray, name: str, marker: dict[str, Any]
) -> None:
    points = projection.points[index]
    flat = projection.dimensions == 2
    common = {
        "x": points[:, 0],
        "y": points[:, 1],
        "mode": "markers",
        "name": name,
        "customdata": index.astype(np.int32),
        "hoverinfo": "none",
        "marker": {"size": 5 if flat else 3, "opacity": 0.75, "line": {"width": 0}, **marker},
    }
    if flat:
        figure.add_trace(go.Scattergl(**common))
    else:
        common["marker"]["symbol"] = "circle"
        figure.add_trace(go.Scatter3d(**common, z=points[:, 2]))


def _draw_axes(figure: go.Figure, projection: Projection, ink: str, dark: bool) -> None:
    settings = projection.settings
    meaningful = settings.method in ("pca", "z")
    titles = []
    for axis in range(projection.dimensions):
        if settings.method == "pca" and projection.explained is not None:
            titles.append(f"PC {axis + 1} · {projection.explained[axis]:.0%} of variance")
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
        "tickfont": {"size": 10, "color": ink},
    }
    if projection.dimensions == 3:
        figure.update_layout(
            scene={
                **{
                    f"{name}axis": {
                        **shared,
                        "title": {"text": title, "font": {"size": 11, "color": ink}},
                        "backgroundcolor": "rgba(0,0,0,0)",
                        # Set by the items: a latent point far out must not shrink them to a speck.
                        "range": _span(projection.points[:, axis]),
                    }
                    for axis, (name, title) in enumerate(zip("xyz", titles, strict=True))
                },
                "aspectmode": "data",
            },
            margin={"l": 0, "r": 0, "t": 0, "b": FOOT - 30, "autoexpand": False},
            # For the way back from a part of it.
            meta={"whole": [_span(projection.points[:, axis]) for axis in range(3)]},
        )
        return
    line_only = projection.latent_dim == 1
    if line_only:
        titles[1] = ""
    # Without a second axis that gives way Plotly looks for labels inside before there are any, and stumbles.
    labels = "outside" if line_only else "inside"
    # By itself Plotly frames differently coloured points differently.
    ends = [_span(projection.points[:, axis]) for axis in range(2)]
    whole = [{"minallowed": low, "maxallowed": high} for low, high in ends]
    figure.update_xaxes(
        **shared,
        title={"text": titles[0], "font": {"size": 11}, "standoff": 2},
        ticklabelposition=labels,
        side="bottom",
        automargin=False,
        autorangeoptions=whole[0],
    )
    figure.update_yaxes(
        **{**shared, **({"showticklabels": False, "showgrid": False} if line_only else {})},
        title={"text": titles[1], "font": {"size": 11}, "standoff": 2},
        ticklabelposition=labels,
        # One latent dimension makes a line, which would be a speck at the scale of a second axis.
        **({} if line_only else {"scaleanchor": "x", "scaleratio": 1}),
        automargin=False,
        autorangeoptions=whole[1],
    )


def _show_frame(figure: go.Figure, projection: Projection, frame: Sequence[float]) -> None:
    """Look at a part of the map; a frame of another kind of map is passed over."""
    if projection.dimensions == 2 and len(frame) == 4:
        figure.update_xaxes(range=list(frame[:2]))
        figure.update_yaxes(range=list(frame[2:]))
    elif projection.dimensions == 3 and len(frame) == 9:
        eye, centre, up = (dict(zip("xyz", frame[start : start + 3], strict=True)) for start in (0, 3, 6))
        figure.update_layout(scene_camera={"eye": eye, "center": centre, "up": up})


def _span(values: np.ndarray) -> list[float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.04 * (high - low) or 0.5
    return [low - margin, high + margin]


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
