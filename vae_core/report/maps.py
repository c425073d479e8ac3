"""The maps that are there, as pictures with a legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from vae_core.columns.item_columns import ItemColumn, columns_of_items
from vae_core.drawing.filmstrip import data_uri
from vae_core.drawing.map_picture import map_picture
from vae_core.drawing.markup import joined, tag
from vae_core.drawing.palette import MISSING, category_style

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_TITLES = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
_MOST_CLASSES = 20


def maps(space: LatentSpace) -> Markup | None:
    """Return the flat maps of a space that take no long work now, coloured by its label or first category."""
    if space.latent_dim < 2:
        return None
    column = _colour(space)
    inks = None
    legend = None
    if column is not None:
        own = [category_style(code, len(column.categories))[0] for code in range(len(column.categories))]
        inks = np.array([*own, MISSING])[column.codes]
        keys = [
            tag("span", tag("i", style=f"background:{ink}"), name)
            for ink, name in zip(own, column.categories, strict=True)
        ]
        legend = tag("p", tag("strong", column.name), keys, class_="legend colours")
    drawn = []
    for name, title in _TITLES.items():
        found = space.cached_projection(name)
        if found is not None:
            picture = tag("img", src=data_uri(map_picture(found.points, inks)), alt=f"{title} map of the items")
            drawn.append(tag("figure", picture, tag("figcaption", title)))
    return joined(tag("div", drawn, class_="maps"), legend)


def _colour(space: LatentSpace) -> ItemColumn | None:
    columns = [column for column in columns_of_items(space.data.table).columns if column.kind == "category"]
    few = [column for column in columns if len(column.categories) <= _MOST_CLASSES]
    return next((column for column in few if column.name == "label"), few[0] if few else None)
