"""The three tiny spaces behind the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient

from components.server.dash_app import create_dash
from vae_core import Catalogue, LatentSpace
from vae_core.jobs import Jobs

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@pytest.fixture(scope="session")
def catalogue(grey: LatentSpace, colour: LatentSpace, vectors: LatentSpace) -> Catalogue:
    made = Catalogue()
    made.add("grey", "Grey", grey)
    made.add("colour", "Colour", colour)
    made.add("vectors", "Vectors", vectors)
    return made


@pytest.fixture(scope="session")
def jobs() -> Iterator[Jobs]:
    running = Jobs()
    yield running
    running.close()


@pytest.fixture(scope="session")
def dash(catalogue: Catalogue, jobs: Jobs) -> Dash:
    return create_dash(catalogue, jobs, ASSETS)


@pytest.fixture(scope="session")
def client(dash: Dash) -> FlaskClient:
    """What a browser on this machine would ask with; a defect answers 500 instead of raising into the test."""
    dash.server.config["PROPAGATE_EXCEPTIONS"] = False
    made: FlaskClient = dash.server.test_client()
    return made
