"""Maps in words."""

from __future__ import annotations

import pytest

from components.elements.wording import map_title
from vae_core.space import ProjectionSettings


@pytest.mark.parametrize(
    ("settings", "title"),
    [
        (ProjectionSettings("pca"), "PCA"),
        (ProjectionSettings("pca", 3), "PCA 3-D"),
        (ProjectionSettings("tsne", perplexity=12, seed=3), "t-SNE · perplexity 12 · seed 3"),
        (ProjectionSettings("tsne", 3, perplexity=2.5), "t-SNE 3-D · perplexity 2.5"),
        (ProjectionSettings("umap", neighbours=40, min_dist=0.25), "UMAP · 40 neighbours · distance 0.25"),
        (ProjectionSettings("tsne", perplexity=50, start="tsne"), "t-SNE · perplexity 50 · from t-SNE"),
        (
            ProjectionSettings("tsne", iterations=90, start="tsne-0123456789ab"),
            "t-SNE · stopped at step 90 · from an earlier map",
        ),
        (ProjectionSettings("z", axes=(3, 7)), "z3 × z7"),
    ],
)
def test_a_map_is_named_by_what_is_not_usual_about_it(settings: ProjectionSettings, title: str) -> None:
    assert map_title(settings) == title
