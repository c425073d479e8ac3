"""The map as a Plotly figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from components.figures.legend_text import escaped, legend_text
from components.figures.map_axes import FOOT, TEXT, draw_axes, show_frame, span
from vae_core import LatentSpace, Projection
from vae_core.browse.colouring import MISSING_CLASS, Classes, Scale, colouring
from vae_core.drawing.palette import MISSING
from vae_core.groups.item_set import ItemSet

#: Classes that get their name written on the map.
MOST_LABELS = 24
_MEDIAN_OF = 10_000


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
    *,
    dark: bool = False,
    key: str = "",
    frame: Sequence[float] | None = None,
    drawn: np.ndarray | None = None,
    selected: ItemSet | None = None,
    text: float = TEXT,
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
    drawn : ndarray, optional
        Numbers of the items that become points, by default all of them; of a flat map none, where it lies
        under the axes as a picture.
    selected : ItemSet, optional
        What is selected, where that colours the points.
    text : float
        Pixels of its texts.

    Raises
    ------
    InputError
        If there is no such column or it is text.
    """
    chosen = colouring(space, projection, color, selected)
    classes = isinstance(chosen, Classes)
    ink = "#C1C2C5" if dark else "#495057"
    figure = go.Figure()
    if isinstance(chosen, Classes):
        _add_classes(figure, projection, chosen, dark, drawn)
    else:
        _add_numbers(figure, projection, chosen, ink, drawn, text)
    if drawn is not None and len(drawn) == 0 and projection.dimensions == 2:
        _add_corners(figure, projection)
    figure.update_layout(
        uirevision=key,
        separators=".,",
        showlegend=classes,
        legend={
            "orientation": "h",
            "yref": "container",
            "y": 0,
            "x": 0 if projection.dimensions == 2 else 0.02,
            "yanchor": "bottom",
            "maxheight": round(67 * text / TEXT),  # three whole rows
            "font": {"size": text, "color": ink},
            "itemsizing": "constant",
            "entrywidth": round(72 * text / TEXT),
            "title": {"text": f"{escaped(chosen.title)} ", "font": {"size": text}},
            "bgcolor": "rgba(0,0,0,0)",
        },
        font={"family": "Arial, Helvetica, sans-serif", "color": ink, "size": text},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hovermode="closest",
        hoverdistance=6,
        spikedistance=0,
        dragmode="pan" if projection.dimensions == 2 else "orbit",
        clickanywhere=projection.dimensions == 2,
        # The same whatever colours the points, or another colour would move the map.
        margin={"l": 30, "r": 8, "t": 6, "b": round(FOOT * text / TEXT), "autoexpand": False},
        template=None,
    )
    draw_axes(figure, projection, ink, dark, text)
    if frame is not None:
        show_frame(figure, projection, frame)
    return figure


def _add_classes(
    figure: go.Figure, projection: Projection, chosen: Classes, dark: bool, drawn: np.ndarray | None
) -> None:
    known = chosen.names[:-1] if chosen.missing else chosen.names
    labelled = 8 < len(known) <= MOST_LABELS and projection.dimensions == 2 and projection.latent_dim > 1
    labels: dict[str, np.ndarray] = {}
    paper = "rgba(26,27,30,0.65)" if dark else "rgba(255,255,255,0.65)"
    for code, name in enumerate(chosen.names):
        index = np.flatnonzero(chosen.codes == code)
        if len(index) == 0:
            continue
        marker = {"color": chosen.colours[code], "symbol": chosen.symbols[code]}
        _add_points(figure, projection, index, legend_text(name), marker, drawn, meta=_meta(chosen, code))
        if labelled and code < len(known):
            labels[name] = np.median(projection.points[index[:: 1 + len(index) // _MEDIAN_OF]], axis=0)
    # The page moves them apart, since only there is known how far from each other they are seen.
    if labels:
        figure.update_layout(meta={"labels": list(labels)})  # whose each is; what is written may be cut
    for text, middle in labels.items():
        figure.add_annotation(
            x=float(middle[0]),
            y=float(middle[1]),
            text=f"<b>{legend_text(text)}</b>",
            showarrow=False,
            bgcolor=paper,
            borderpad=1,
            captureevents=False,
            name="label",
        )


def _meta(chosen: Classes, code: int) -> dict[str, str | bool]:
    """Return what the page knows a class by."""
    is_missing = chosen.missing and code == len(chosen.names) - 1
    return {"class": chosen.names[code], "missing": is_missing}


def _add_numbers(
    figure: go.Figure, projection: Projection, chosen: Scale, ink: str, drawn: np.ndarray | None, text: float
) -> None:
    known = np.isfinite(chosen.values)
    if not known.all():
        _add_points(figure, projection, np.flatnonzero(~known), MISSING_CLASS, {"color": MISSING}, drawn)
    if not known.any():
        return
    index = np.flatnonzero(known)
    title = escaped(chosen.title)
    places = [place for place, _ in chosen.ticks]
    ticks = {"tickvals": places, "ticktext": [text for _, text in chosen.ticks], "tickangle": 0} if places else {}
    marker = {
        "color": chosen.values,
        "colorscale": chosen.scale,
        "cmin": chosen.low,
        "cmax": chosen.high,
        "colorbar": {
            "title": {"text": title, "side": "top", "font": {"size": text, "color": ink}},
            "orientation": "h",
            "thickness": 8,
            "len": 0.5,
            "outlinewidth": 0,
            "x": 0.5,
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "ypad": 4,
            "tickfont": {"size": text, "color": ink},
            "separatethousands": True,
            "exponentformat": "power",
            **ticks,
        },
    }
    _add_points(figure, projection, index, title, marker, drawn)


def _add_points(
    figure: go.Figure,
    projection: Projection,
    index: np.ndarray,
    name: str,
    marker: dict[str, Any],
    drawn: np.ndarray | None,
    meta: dict[str, str | bool] | None = None,
) -> None:
    flat = projection.dimensions == 2
    look: dict[str, Any] = {"size": 5 if flat else 3, "opacity": 0.75, "line": {"width": 0}}
    if drawn is not None:
        index = index[np.isin(index, drawn)]
    if isinstance(marker["color"], np.ndarray):
        # Nothing to be drawn still has a scale of colours beside it.
        marker = {**marker, "color": marker["color"][index], "showscale": True}
    if len(index) == 0:
        # Only its line in the legend; WebGL has no use for it.
        look |= {"opacity": 1.0, "symbol": "circle"}  # as the picture has them
        symbol = {"marker": {**marker, **look}, "name": name, "meta": meta, "mode": "markers", "hoverinfo": "skip"}
        figure.add_trace(go.Scatter(x=[None], y=[None], **symbol) if flat else go.Scatter3d(x=[None], **symbol))
        return
    points = projection.points[index]
    common = {
        "x": points[:, 0],
        "y": points[:, 1],
        "mode": "markers",
        "name": name,
        "meta": meta,
        "customdata": index.astype(np.int32),
        "hoverinfo": "none",
        "marker": {**look, **marker},
    }
    if flat:
        figure.add_trace(go.Scattergl(**common))
    else:
        common["marker"]["symbol"] = "circle"
        figure.add_trace(go.Scatter3d(**common, z=points[:, 2]))


def _add_corners(figure: go.Figure, projection: Projection) -> None:
    """Give the axes of a map whose points are drawn elsewhere what they frame."""
    (left, right), (bottom, top) = (span(projection.points[:, axis]) for axis in range(2))
    hidden = {"hoverinfo": "skip", "showlegend": False, "marker": {"opacity": 0}, "mode": "markers"}
    figure.add_trace(go.Scatter(x=[left, right], y=[bottom, top], name="corners", **hidden))
