"""What a visitor can download: the table with coordinates, the latents."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from components.api.encoding import file_answer
from components.api.lookup import get_map_or_404, get_space_or_404
from vae_core import Catalogue
from vae_core.data.added_columns import with_added
from vae_core.jobs import Jobs


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    @api.get("/spaces/<name>/table.csv")
    def table(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        found = get_map_or_404(space, request.args.get("projection", "pca"), jobs)
        added = {f"{found.id}_{axis + 1}": found.points[:, axis] for axis in range(found.dimensions)}
        if space.model.can.variance:
            added["rate"] = space.rate.sum(axis=1)
        if space.model.can.encode:
            added["distortion"] = space.distortion
        written = with_added(space.data.table, added).to_csv(index_label="item")
        return file_answer(written.encode(), f"{name}-{found.id}.csv", "text/csv")

    @api.get("/spaces/<name>/latents.npz")
    def latents(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        found = get_map_or_404(space, request.args.get("projection", "pca"), jobs)
        file = io.BytesIO()
        measured: dict[str, Any] = (
            {"rate": space.rate, "distortion": space.distortion} if space.model.can.encode else {}
        )
        np.savez_compressed(
            file,
            mean=space.mean,
            logvar=space.logvar,
            **measured,
            points=found.points,
            item=space.data.table.index.to_numpy().astype(str),
        )
        return file_answer(file.getvalue(), f"{name}-latents.npz", "application/octet-stream")
