"""A small Dash app as one usually writes it: a slider, and a callback that returns the decoded picture.

At ``/figure/`` the callback returns a Plotly figure, at ``/png/`` a PNG in a data URI. Same model, same
latent points, same server (waitress, 8 threads) as the explorer's.

    python -m tests.benchmarks.usual_page --port 8060 --dimension 3 --grid -3 … 3
"""

from __future__ import annotations

import argparse
import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.express as px
import waitress
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from flask import Flask
from PIL import Image

import vae_core
from vae_core.drawing.pictures import decode


def build(space: vae_core.LatentSpace, dimension: int, grid: Sequence[float]) -> Flask:
    """Return both pages; the slider's step k stands for ``z[dimension] = grid[k]``, all else 0."""
    server = Flask("usual")

    def picture(step: int) -> np.ndarray:
        z = np.zeros((1, space.latent_dim), dtype=np.float32)
        z[0, dimension] = grid[step]
        return decode(space, z)[0, :, :, 0]

    def page(name: str, shown: Component) -> Dash:
        app = Dash(
            name,
            server=server,  # type: ignore[arg-type] # it takes one, whatever it says
            requests_pathname_prefix=f"/{name}/",
            routes_pathname_prefix=f"/{name}/",
            assets_folder="none",
        )
        slider = dcc.Slider(0, len(grid) - 1, 1, value=0, marks=None, updatemode="drag", id="slider")
        app.layout = html.Div([slider, shown])
        return app

    figures = page("figure", dcc.Graph(id="figure", style={"width": "300px", "height": "300px"}))
    pngs = page("png", html.Img(id="png", style={"width": "300px", "imageRendering": "pixelated"}))

    @figures.callback(Output("figure", "figure"), Input("slider", "value"))
    def as_figure(step: int) -> Any:
        figure = px.imshow(picture(step), color_continuous_scale="gray", zmin=0, zmax=255)
        return figure.update_layout(coloraxis_showscale=False, margin={"l": 0, "r": 0, "t": 0, "b": 0})

    @pngs.callback(Output("png", "src"), Input("slider", "value"))
    def as_png(step: int) -> str:
        file = io.BytesIO()
        Image.fromarray(picture(step)).save(file, "PNG")
        return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()

    return server


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dimension", type=int, required=True)
    parser.add_argument("--grid", type=float, nargs="+", required=True)
    chosen = parser.parse_args()
    server = build(vae_core.demo("fashion"), chosen.dimension, chosen.grid)
    waitress.serve(server, host="127.0.0.1", port=chosen.port, threads=8)


if __name__ == "__main__":
    main()
