"""The page and its API as one WSGI application."""

from __future__ import annotations

from pathlib import Path

from dash import Dash

from components import api
from components.api.first_figures import FirstFigures
from components.api.view_states import Views
from components.figures.raster_map import POINTS_UP_TO
from components.page import frame as page
from components.server import access as callers
from components.server import answer_headers, dash_requests, page_scripts
from vae_core import Catalogue
from vae_core.jobs import Jobs


def create_dash(
    catalogue: Catalogue,
    jobs: Jobs,
    assets: Path,
    *,
    prefix: str = "/",
    access: callers.Access = callers.Access(),  # noqa: B008 - it cannot be changed
    points_up_to: int = POINTS_UP_TO,
    views: Views | None = None,
    first_figures: FirstFigures | None = None,
) -> Dash:
    """Build the Dash application.

    Parameters
    ----------
    catalogue : Catalogue
        The spaces to show.
    jobs : Jobs
        Runs long work.
    assets : Path
        Folder of style sheet and scripts.
    prefix : str
        Path prefix of every request.
    access : Access
        Who is answered.
    points_up_to : int
        Maps of more items are drawn as a picture.
    views : Views, optional
        Of the program that listens to its pages, if one does.
    first_figures : FirstFigures, optional
        Finds those of Interpret before they are asked for.
    """
    app = Dash(
        "latent_explorer",
        assets_folder=str(assets),
        # Only main.mjs and the style sheets are loaded by name; it imports the rest.
        assets_ignore=r".*\.js$",
        title="Latent Explorer",
        update_title="",
        requests_pathname_prefix=prefix,
        routes_pathname_prefix=prefix,
        serve_locally=True,
    )
    callers.register(app.server, access, prefix)
    api.register(app.server, catalogue, jobs, prefix, points_up_to, views, first_figures)
    app.layout = lambda: page.layout(catalogue)
    page.register(app, catalogue, points_up_to)
    dash_requests.register(app)
    import_map = page_scripts.register(app, assets, prefix)
    answer_headers.register(app.server, [*app.csp_hashes(), import_map], (jobs.root.parent, Path.home()))
    return app
