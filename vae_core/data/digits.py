"""The 8 × 8 handwritten digits that come with scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vae_core.data.dataset import Dataset
from vae_core.data.labels import numbered_items


def digits() -> Dataset:
    """Return the 1,797 digits as grey images ``[1797, 1, 8, 8]``, float32 with whole values 0 … 16.

    The column ``label`` holds the digit. Source: E. Alpaydin and C. Kaynak, "Optical
    Recognition of Handwritten Digits", UCI Machine Learning Repository (the test part).
    """
    from sklearn.datasets import load_digits  # takes a second or two: only who asks for the digits waits

    bunch = load_digits()
    values = np.asarray(bunch.images, dtype=np.float32)[:, None]
    table = pd.DataFrame({"label": np.asarray(bunch.target, dtype=np.int64)}, index=numbered_items(len(values)))
    return Dataset(values, "image", (0.0, 16.0), table, "digits")
