"""The page and its API as one WSGI application."""

from __future__ import annotations

from pathlib import Path

from dash import Dash

from components import api, page
from components.big_maps import POINTS_UP_TO
from components.views import Views
from vae_core import Catalogue
from vae_core.jobs import Jobs


def create_dash(
    catalogue: Catalogue,
    jobs: Jobs,
    assets: Path,
    prefix: str = "/",
    hosts: frozenset[str] | None = frozenset(),
    points_up_to: int = POINTS_UP_TO,
    views: Views | None = None,
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
    hosts : frozenset of str or None
        Host names answered to besides loopback; None admits every IP address.
    points_up_to : int
        Maps of more items are drawn as a picture.
    views : Views, optional
        Of the program that listens to its pages, if one does.
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
    api.register(app.server, catalogue, jobs, prefix, hosts, points_up_to, views)
    app.layout = lambda: page.layout(catalogue)
    page.register(app, catalogue, points_up_to)
    return app
