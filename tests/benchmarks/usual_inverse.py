"""How long `umap.inverse_transform` takes for a single point, the usual way from a spot to a latent point.

In a process of its own, so that its first point is a first point. Prints milliseconds as JSON.
"""

from __future__ import annotations

import json
import time
import warnings

import vae_core


def main(items: int = 2000) -> None:
    """Fit the library's map on some items of the default demo, then invert two spots one after the other."""
    import umap

    mean = vae_core.demo("fashion").mean[:items].copy()  # the library writes into it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = umap.UMAP(random_state=0).fit(mean)
        taken = []
        for item in (0, 1):
            begun = time.perf_counter()
            library.inverse_transform(library.embedding_[item : item + 1] + 0.1)
            taken.append(1e3 * (time.perf_counter() - begun))
    print(json.dumps({"first": taken[0], "second": taken[1]}))


if __name__ == "__main__":
    main()
