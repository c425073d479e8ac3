"""A space kept in a folder, and one in memory, behind the API."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from components.server.dash_app import create_dash
from tests.components.conftest import ASSETS
from vae_core import Catalogue, LatentSpace
from vae_core.jobs import Jobs


@pytest.fixture(scope="module")
def kept(grey: LatentSpace, tmp_path_factory: pytest.TempPathFactory) -> LatentSpace:
    """The grey space, its files in a folder of this module's own."""
    return LatentSpace.build(grey.model, grey.data, tmp_path_factory.mktemp("space"))


@pytest.fixture(scope="module")
def asking(kept: LatentSpace, grey: LatentSpace, jobs: Jobs) -> FlaskClient:
    """Asks about ``kept`` and ``memory``; a defect answers 500 instead of raising into the test."""
    catalogue = Catalogue()
    catalogue.add("kept", "Kept", kept)
    # Of its own: what is found out of the shared one by other tests would be known here.
    catalogue.add("memory", "In memory", LatentSpace.build(grey.model, grey.data))
    server = create_dash(catalogue, jobs, ASSETS).server
    server.config["PROPAGATE_EXCEPTIONS"] = False
    made: FlaskClient = server.test_client()
    return made
