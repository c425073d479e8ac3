"""Scores of the probes of a column: cross-validated, beside those on the shuffled column."""

from __future__ import annotations

from typing import Any

import numpy as np

FOLDS = 5
#: Neighbours the second probe asks; fewer where there are fewer items.
NEIGHBOURS = 10
#: Ridge's penalty, on standardised means; the inverse of it in the logistic regression; how closely that is solved.
PENALTY = 1.0
TOLERANCE = 1e-3
_MOST_STEPS = 1_000


def read_numbers(x: np.ndarray, targets: list[np.ndarray], seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return R² ``[4, t]`` of t targets ``[n, k]``, its standard error, and how many neighbours were asked."""
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import KFold
    from sklearn.neighbors import KNeighborsRegressor

    t = len(targets)
    first = np.cumsum([0, *(one.shape[1] for one in targets)])[:-1]
    y = np.concatenate(targets, axis=1)
    width = y.shape[1]
    folds = list(KFold(FOLDS, shuffle=True, random_state=seed).split(x))
    both = np.concatenate([y, _shuffled(y, folds, seed)], axis=1)
    near = _asked(folds)
    missed, whole = np.empty((FOLDS, 4, t)), np.empty((FOLDS, 4, t))
    for fold, (train, test) in enumerate(folds):
        known, asked = _standardised(x, train, test)
        guessed = np.add.reduceat(
            np.square(both[test] - both[train].mean(axis=0)).sum(axis=0).reshape(2, width), first, axis=1
        )
        for at, probe in enumerate((Ridge(alpha=PENALTY), KNeighborsRegressor(near))):
            told = probe.fit(known, both[train]).predict(asked)
            by_target = np.square(both[test] - told).sum(axis=0).reshape(2, width)
            missed[fold, [at, 2 + at]] = np.add.reduceat(by_target, first, axis=1)
            whole[fold, [at, 2 + at]] = guessed
    total = whole.sum(axis=0)
    share = missed.sum(axis=0) / total
    error = np.sqrt(FOLDS / (FOLDS - 1) * np.square(missed - share * whole).sum(axis=0)) / total
    # Where all items are asked their mean is told, and rounding would leave a score of 1e-16.
    return np.round(1 - share, 12), np.round(error, 12), near


def read_category(x: np.ndarray, y: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return balanced accuracy ``[4, 1]``, its standard error, and how many neighbours were asked."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold
    from sklearn.neighbors import KNeighborsClassifier

    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(x, y))
    shuffled = _shuffled(y[:, None], folds, seed)[:, 0]
    near = _asked(folds)
    scores = np.empty((4, 1, FOLDS))
    for fold, (train, test) in enumerate(folds):
        known, asked = _standardised(x, train, test)
        for at, labels in enumerate((y, shuffled)):
            linear = LogisticRegression(C=1 / PENALTY, tol=TOLERANCE, max_iter=_MOST_STEPS)
            nearest: Any = KNeighborsClassifier(near)
            for probe, place in ((linear, 2 * at), (nearest, 2 * at + 1)):
                told = probe.fit(known, labels[train]).predict(asked)
                scores[place, 0, fold] = balanced_accuracy(labels[test], told)
    return scores.mean(axis=2), scores.std(axis=2, ddof=1) / np.sqrt(FOLDS), near


def _asked(folds: list[tuple[np.ndarray, np.ndarray]]) -> int:
    return min(NEIGHBOURS, *(len(train) for train, _ in folds))


def balanced_accuracy(labels: np.ndarray, told: np.ndarray) -> float:
    """Return the mean over the classes in `labels` of the share of each that was told rightly."""
    right = np.bincount(labels[labels == told], minlength=int(labels.max()) + 1)
    counts = np.bincount(labels)
    return float((right[counts > 0] / counts[counts > 0]).mean())


def _standardised(x: np.ndarray, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(x[train])
    return scaler.transform(x[train]), scaler.transform(x[test])


def _shuffled(y: np.ndarray, folds: list[tuple[np.ndarray, np.ndarray]], seed: int) -> np.ndarray:
    """Return columns ``[n, t]`` with the items of each fold dealt out anew, so that folds stay stratified."""
    random = np.random.default_rng(seed)
    found = y.copy()
    for _, test in folds:
        found[test] = y[random.permutation(test)]
    return found
