"""The tables of measurements that come with scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vae_core.data.dataset import Dataset
from vae_core.data.features import Features
from vae_core.data.labels import numbered_items

#: Name of ours, function of scikit-learn.
TABLES = {"iris": "load_iris", "wine": "load_wine", "breast-cancer": "load_breast_cancer"}


def table_of_sklearn(name: str) -> Dataset:
    """Return iris (150 × 4), wine (178 × 13) or breast-cancer (569 × 30) as vectors, names and units kept.

    The column ``label`` holds the class. Sources: R. A. Fisher 1936 (iris); M. Forina et al., "PARVUS" (wine);
    W. H. Wolberg, W. N. Street and O. L. Mangasarian 1995 (breast cancer); all by way of the UCI repository.
    """
    from sklearn import datasets  # takes a second or two: only who asks for a table waits

    bunch: Any = getattr(datasets, TABLES[name])()
    values = np.asarray(bunch.data, dtype=np.float32)
    classes = [str(text) for text in bunch.target_names]
    label = pd.Categorical.from_codes(np.asarray(bunch.target), classes)
    table = pd.DataFrame({"label": label}, index=numbered_items(len(values)))
    names = [str(text).replace("_", " ") for text in bunch.feature_names]
    extremes = (float(values.min()), float(values.max()))
    return Dataset(values, "vector", extremes, table, name, Features.of_columns(names))
