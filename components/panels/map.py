"""The map: every item a point, every spot a latent point."""

from __future__ import annotations

from math import isfinite
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html, no_update
from dash.exceptions import PreventUpdate

from components.elements.aria import label
from components.elements.icons import icon
from components.figures.map_axes import TEXT
from components.figures.map_figure import empty_figure, map_figure
from components.figures.raster_map import plotted_items
from vae_core import Catalogue, InputError
from vae_core.browse.selections import items_of
from vae_core.columns.of_space import default_column


def layout() -> html.Section:
    """Return the panel: choices above, the plot, and room for what scripts lay over it."""
    return html.Section(
        [
            html.Div(
                [
                    dmc.Select(
                        id="projection",
                        data=[{"value": "pca", "label": "PCA"}],
                        value="pca",
                        allowDeselect=False,
                        w=112,
                        size="xs",
                        comboboxProps={"width": 190, "position": "bottom-start"},
                        **label("Projection"),
                    ),
                    html.Div(
                        [
                            dmc.Select(
                                id="axis-x",
                                data=[],
                                w=60,
                                size="xs",
                                allowDeselect=False,
                                **label("Horizontal dimension"),
                            ),
                            dmc.Select(
                                id="axis-y",
                                data=[],
                                w=60,
                                size="xs",
                                allowDeselect=False,
                                **label("Vertical dimension"),
                            ),
                        ],
                        id="axes",
                        hidden=True,
                    ),
                    dmc.Select(
                        id="color-by",
                        data=[],
                        placeholder="colour",
                        searchable=True,
                        allowDeselect=False,
                        w=128,
                        # Room for the longest name of ours.
                        styles={"input": {"paddingInlineEnd": 22, "paddingInlineStart": 8, "letterSpacing": "-0.02em"}},
                        size="xs",
                        comboboxProps={"width": 200, "position": "bottom-start"},
                        **label("Colour by"),
                    ),
                    html.Div(id="find-host"),
                    html.Div(id="map-tools"),
                    dmc.Popover(
                        [
                            dmc.PopoverTarget(
                                dmc.ActionIcon(
                                    icon("tune"),
                                    id="settings",
                                    variant="subtle",
                                    color="gray",
                                    size="md",
                                    **label("Map settings"),
                                )
                            ),
                            dmc.PopoverDropdown(_settings()),
                        ],
                        width=280,
                        position="bottom-end",
                        shadow="md",
                        withinPortal=True,
                        keepMounted=True,
                        trapFocus=True,
                    ),
                ],
                className="toolbar",
            ),
            html.Div(
                dcc.Graph(
                    id="map",
                    figure=empty_figure(),
                    responsive=True,
                    config={
                        "showSendToCloud": False,
                        # Typing into the ends of an axis is nothing people look for, and it swallows the keys.
                        "showAxisRangeEntryBoxes": False,
                        "displaylogo": False,
                        "displayModeBar": False,
                        "scrollZoom": True,
                        "doubleClick": False,
                        "displayNotifier": False,
                    },
                ),
                id="map-stage",
            ),
            dcc.Store(id="map-request"),
            dcc.Store(id="map-error"),
        ],
        id="map-panel",
        **label("Map"),
    )


def _settings() -> dmc.Stack:
    return dmc.Stack(
        [
            _slider("Point size", "point-size", 1, 12, 0.5, 5),
            _slider("Opacity", "point-opacity", 0.05, 1, 0.05, 0.75),
            dmc.Divider(label="Other data over the map", labelPosition="left"),
            html.Button(
                "Add a layer …",
                id="add-layer",
                className="plain",
                title="New items as an .npz or .npy file: encoded by this model and laid over every map",
            ),
            dmc.Divider(label="Compute a map", labelPosition="left"),
            dmc.Group(
                [
                    dmc.SegmentedControl(
                        id="new-method",
                        data=[{"value": "tsne", "label": "t-SNE"}, {"value": "umap", "label": "UMAP"}],
                        value="tsne",
                        size="xs",
                    ),
                    dmc.SegmentedControl(
                        id="new-dimensions",
                        data=[{"value": "2", "label": "2-D"}, {"value": "3", "label": "3-D"}],
                        value="2",
                        size="xs",
                    ),
                ],
                justify="space-between",
            ),
            html.Div(
                dmc.NumberInput(id="new-perplexity", label="Perplexity", value=30, min=1, step=5, size="xs"),
                id="new-tsne",
            ),
            html.Div(
                dmc.Group(
                    [
                        dmc.NumberInput(
                            id="new-neighbours",
                            label="Neighbours",
                            value=15,
                            min=2,
                            allowDecimal=False,
                            size="xs",
                            w=116,
                        ),
                        dmc.NumberInput(
                            id="new-min-dist",
                            label="Minimal distance",
                            value=0.1,
                            min=0,
                            max=1,
                            step=0.05,
                            size="xs",
                            w=116,
                        ),
                    ]
                ),
                id="new-umap",
                hidden=True,
            ),
            dmc.NumberInput(id="new-seed", label="Seed", value=0, min=0, allowDecimal=False, size="xs"),
            dmc.Switch(
                id="new-start",
                label="Start from the map on show",
                description="Keeps shared structure in place; needs a map of the same method on show",
                checked=True,
                disabled=True,
                size="xs",
            ),
            dmc.Button("Compute", id="compute", size="xs", variant="light"),
            html.Div(id="computed-maps", hidden=True, role="list", **label("Computed maps")),
        ],
        gap="xs",
    )


def _slider(title: str, id: str, low: float, high: float, step: float, value: float) -> html.Div:
    return html.Div(
        [
            dmc.Text(title, size="xs"),
            dmc.Slider(id=id, min=low, max=high, step=step, value=value, size="sm", label=None, updatemode="drag"),
        ]
    )


def register(app: Dash, catalogue: Catalogue, points_up_to: int) -> None:
    """Draw the map whenever the page asks for another one; one of more items than `points_up_to` without points."""

    @app.callback(
        Output("map", "figure"), Output("map-error", "data"), Input("map-request", "data"), prevent_initial_call=True
    )
    def draw(wanted: dict[str, Any] | None) -> tuple[Any, str | None]:
        if not isinstance(wanted, dict) or not wanted:
            raise PreventUpdate
        try:
            space = catalogue[str(wanted.get("space"))].space()
            name = str(wanted.get("projection"))
            projection = space.cached_projection(name)
            if projection is None:
                return no_update, f"The projection {name} is not there yet."
            color = str(wanted.get("color") or default_column(space))
            key = f"{wanted.get('space')}/{name}"
            frame = _numbers(wanted.get("frame"))
            drawn = plotted_items(len(space), projection, points_up_to)
            text = min(24.0, max(TEXT, (_numbers([wanted.get("text", TEXT)]) or [TEXT])[0]))
            selected = items_of(space, str(wanted.get("chosen") or ""))
            if wanted.get("only") and selected is not None:
                drawn = selected.indices if drawn is None else drawn[selected.mask[drawn]]
            dark = bool(wanted.get("dark"))
            figure = map_figure(
                space, projection, color, dark=dark, key=key, frame=frame, drawn=drawn, selected=selected, text=text
            )
            figure.update_layout(meta={**(figure.layout.meta or {}), "asked": wanted.get("asked")})
            return figure, None
        except KeyError as error:
            return no_update, f"There is no space {error}."
        except InputError as error:
            return no_update, str(error)


def _numbers(values: Any) -> list[float] | None:
    """Return a list of finite numbers as it is, anything else as None."""
    fine = isinstance(values, list) and all(isinstance(value, (int, float)) and isfinite(value) for value in values)
    return values if fine else None
